# PYTHON chooses the interpreter of every target: make test PYTHON=python3.13
PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
ifeq ($(VERSION),)
$(error There is no interpreter $(PYTHON). Python 3.11 or newer is needed: make run PYTHON=python3.11)
endif
VENV := .venv/$(VERSION)
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
AUDIT := $(VENV)-audit
AUDIT_INSTALLED := $(AUDIT)/.installed
INFRA := $(VENV)-infra
INFRA_INSTALLED := $(INFRA)/.installed
NODE_MODULES := node_modules/.package-lock.json
LIGHTHOUSE := bench/lighthouse/node_modules/.package-lock.json
PAGE := portal/dist/.built
PAGE_SOURCES := $(wildcard portal/*.js portal/text/*.js portal/style/*.css)

.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts script unit browser simulate bench soak pictures lighthouse bench-page audit package lock setup clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup  ## the whole product on this machine; Ctrl-C ends it
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local

test: lint types contracts script $(NODE_MODULES) $(PAGE) $(INFRA_INSTALLED) browser  ## everything: the checks, and all tests, with Azurite, the simulators and a browser
	$(BIN)/pytest

check: lint types contracts script unit  ## lint, types (the page's too), import contracts, unit and architecture tests

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

contracts: $(INSTALLED)
	$(BIN)/lint-imports

script: $(NODE_MODULES)
	@PATH="$(CURDIR)/$(BIN):$$PATH" node node_modules/typescript/bin/tsc --project portal

unit: $(INSTALLED) $(PAGE)
	$(BIN)/pytest tests/unit tests/architecture

# How many simulated years: make simulate YEARS=1000
YEARS ?= 20

simulate: $(INSTALLED)  ## the reminders' crash simulation, YEARS=20 of it
	$(BIN)/python -m tests.simulation --years $(YEARS)

bench: $(INSTALLED) $(NODE_MODULES)  ## measure everything, some ten minutes; writes docs/performance.md
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench

# A release of whose weaknesses every advisory service knows: one that names none was not reached.
PROBE := jinja2==2.4.1
PIP_AUDIT := $(AUDIT)/bin/pip-audit --strict --disable-pip --progress-spinner off

audit: $(AUDIT_INSTALLED)  ## look for weaknesses: bandit in the code, pip-audit in what is deployed
	$(AUDIT)/bin/bandit --quiet --recursive --configfile pyproject.toml shared functions local infra function_app.py
	@answer=$$(echo '$(PROBE)' | $(PIP_AUDIT) --no-deps --format json --requirement /dev/stdin 2>&1); \
	case "$$answer" in *'"fix_versions"'*) ;; *) \
		echo "$$answer" | tail -n 1 >&2; \
		echo 'make audit: no advisory service answered, so that nothing is known of requirements.txt. Not audited.' >&2; \
		exit 1;; esac
	$(PIP_AUDIT) --require-hashes --requirement requirements.txt

$(AUDIT_INSTALLED): requirements-audit.txt | $(INSTALLED)
	$(PYTHON) -m venv --clear --without-pip $(AUDIT)
	$(BIN)/uv pip sync --quiet --python $(AUDIT)/bin/python --require-hashes requirements-audit.txt
	@touch $@

# Checks the Bicep files as part of `make test`.
$(INFRA_INSTALLED): requirements-infra.txt | $(INSTALLED)
	$(PYTHON) -m venv --clear --without-pip $(INFRA)
	$(BIN)/uv pip sync --quiet --python $(INFRA)/bin/python --require-hashes requirements-infra.txt
	@touch $@

package: $(INSTALLED) $(NODE_MODULES) $(PAGE)  ## what is deployed, as dist/package.zip; prints its size
	$(BIN)/python -m local.packaging

soak: $(INSTALLED) $(NODE_MODULES) $(PAGE)  ## the API fuzzed against its own contract, 300 cases an operation
	$(BIN)/pytest tests/integration/api/fuzz --fuzz-cases 300 --timeout 600

# Found, or installed where that may be; the browser tests fail without one.
browser: $(INSTALLED)
	@$(BIN)/python -m tests.support.chromium >/dev/null

pictures: setup browser  ## take the pictures of the page that docs and README show
	$(BIN)/python -m tests.browser.pictures

lighthouse: setup browser $(LIGHTHOUSE)  ## Lighthouse's four scores of the page, signed out; 1 below 99
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.browser.lighthouse

$(LIGHTHOUSE): bench/lighthouse/package-lock.json | $(NODE_MODULES)
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(dir $<) --loglevel=error
	@touch $@

bench-page: setup browser  ## how fast the list of 60 applications is painted
	$(BIN)/python -m bench.page

setup: $(INSTALLED) $(NODE_MODULES) $(PAGE)  ## install what run and test need

$(INSTALLED): requirements-setup.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@

# npm is the machine's where its Node is 20 or newer, else one from PyPI goes into the virtual environment.
$(NODE_MODULES): package-lock.json package.json requirements-node.txt | $(INSTALLED)
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
		|| $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-node.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error
	@touch $@

# What a browser loads: the scripts with the library that they import, and the styles, each as one
# file. ADR 0015.
$(PAGE): $(PAGE_SOURCES) $(NODE_MODULES)
	@rm -rf $(@D)
	@PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/esbuild app=portal/app.js style=portal/style/all.css \
		--bundle --minify --format=esm --target=es2022 --outdir=$(@D) --log-level=warning
	@cp node_modules/oidc-client-ts/LICENSE $(@D)/oidc-client-ts.LICENSE
	@touch $@

lock: $(INSTALLED)  ## compile the .in files to pinned ones with hashes
	for name in requirements requirements-dev requirements-setup requirements-audit requirements-infra requirements-node; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command 'make lock' $$name.in -o $$name.txt || exit 1; done
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --prefix bench/lighthouse

clean:  ## remove what was installed and cached
	rm -rf .venv node_modules bench/lighthouse/node_modules portal/dist dist test-output .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
