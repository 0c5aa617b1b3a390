"""No compiler is at hand: the grammar, and what a compiler would say of names, are checked here."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.infra import bicep, names

FILES = [path for path in bicep.files() if path.suffix == ".bicep"]
PARAMETERS = [path for path in bicep.files() if path.suffix == ".bicepparam"]
BROKEN = "resource a 'x@1' = {\n  name: 'a'\n"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(bicep.INFRA))


@pytest.mark.parametrize("path", bicep.files(), ids=name_of)
def test_every_file_parses(path: Path) -> None:
    assert bicep.faults(read(path), assigns=path.suffix == ".bicepparam") == []


@pytest.mark.parametrize("broken", [BROKEN, "param = 'a'\n", "var a = [\n  'b'\n"])
def test_a_file_that_does_not_parse_is_noticed(broken: str) -> None:
    assert bicep.faults(broken) != []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_names_the_source_of_its_types(path: Path) -> None:
    text = read(path)
    head = text.split("targetScope")[0]
    assert all(line.startswith("//") for line in head.splitlines())
    for resource in bicep.resources(text):
        if not resource.is_existing:
            assert "https://" in head
            assert resource.kind.split("/")[0] in head, resource.kind
            assert f"@{resource.version}" in head, resource.kind


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_parameter_and_output_is_described(path: Path) -> None:
    described = bicep.decorators(read(path))
    assert [name for name, above in described.items() if not above.get("description")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_name_is_declared_and_every_declaration_is_used(path: Path) -> None:
    assert names.undeclared(read(path)) == set()
    assert names.unused(read(path)) == set()


def test_a_misspelt_name_and_a_forgotten_one_are_noticed() -> None:
    text = "param place string\noutput there string = plaice\n"
    assert names.undeclared(text) == {"plaice"}
    assert names.unused(text) == {"place"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_output_is_called_as_something_else_in_its_file(path: Path) -> None:
    text = read(path)
    others = {*bicep.parameters(text), *bicep.variables(text)}
    others |= {each.symbol for each in bicep.resources(text)}
    others |= {each.symbol for each in names.modules(text)}
    assert names.outputs(path) & others == set()


def test_modules_are_given_what_they_ask_for_and_asked_for_what_they_give() -> None:
    main = read(bicep.INFRA / "main.bicep")
    used = names.outputs_used(main)
    assert used
    for module in names.modules(main):
        path = bicep.INFRA / module.path
        asked = bicep.parameters(read(path))
        needed = {name for name, default in asked.items() if default is None}
        assert needed <= module.params.keys() <= asked.keys(), module.path
        asked_for = {output for symbol, output in used if symbol == module.symbol}
        assert asked_for <= names.outputs(path), module.path


@pytest.mark.parametrize("path", PARAMETERS, ids=name_of)
def test_parameter_files_give_what_has_to_be_given(path: Path) -> None:
    text = read(path)
    given = {line.split()[1] for line in text.splitlines() if line.startswith("param ")}
    asked = bicep.parameters(read(path.with_suffix(".bicep")))
    assert {name for name, default in asked.items() if default is None} <= given <= asked.keys()


def test_each_type_is_used_at_one_version() -> None:
    versions = defaultdict(set)
    for path in FILES:
        for resource in bicep.resources(read(path)):
            versions[resource.kind].add(resource.version)
    assert {kind: found for kind, found in versions.items() if len(found) > 1} == {}


def test_the_workers_python_is_one_on_which_the_suite_is_run() -> None:
    main = read(bicep.INFRA / "main.bicep")
    (allowed,) = bicep.decorators(main)["parameter pythonVersion"]["allowed"]
    assert isinstance(allowed, list)
    told = read(bicep.ROOT / "CONTRIBUTING.md")
    assert all(str(version) in told for version in allowed)
    assert bicep.parameters(main)["pythonVersion"] in allowed


def test_the_tables_are_those_that_the_adapters_use() -> None:
    tables = bicep.variables(read(bicep.INFRA / "modules/data-storage.bicep"))["tables"]
    adapters = (bicep.ROOT / "shared/adapters").glob("table*.py")
    used = {
        part.split('"')[0] for path in adapters for part in read(path).split('tables.table("')[1:]
    }
    assert set(tables) == used


def test_no_key_can_be_used_anywhere() -> None:
    texts = {path.name: read(path) for path in FILES}
    for storage in ("data-storage.bicep", "host-storage.bicep"):
        assert [*bicep.values(texts[storage], "allowSharedKeyAccess")] == ["false"]
        assert [*bicep.values(texts[storage], "minimumTlsVersion")] == ["TLS1_2"]
    assert [*bicep.values(texts["mail.bicep"], "disableLocalAuth")] == ["true"]
    assert [*bicep.values(texts["monitoring.bicep"], "DisableLocalAuth")] == ["true"]
    assert not [name for name, text in texts.items() if "listKeys" in text or "@secure" in text]


def test_operations_names_what_a_parameter_file_asks_the_environment_for() -> None:
    told = read(bicep.ROOT / "docs/operations.md")
    asked = re.findall(r"readEnvironmentVariable\('(\w+)'", read(bicep.INFRA / "main.bicepparam"))
    assert asked
    assert [name for name in asked if f"`{name}`" not in told] == []


def test_operations_names_files_that_are_there() -> None:
    told = read(bicep.ROOT / "docs/operations.md")
    named = set(re.findall(r"\b(?:infra|docs|tests)/[\w./-]+\w", told))
    assert len(named) > 5
    assert [name for name in named if not (bicep.ROOT / name).exists()] == []


def test_the_page_is_where_its_own_code_looks_for_it() -> None:
    identity = read(bicep.INFRA / "identity.bicep")
    assert "output pageUrl string = 'https://${host}/manage-clients'" in identity
    main = read(bicep.INFRA / "main.bicep")
    assert [*bicep.values(main, "PORTAL_URL")] == ["identity.outputs.pageUrl"]


def test_operations_names_the_role_by_the_id_that_the_registration_has() -> None:
    directory = bicep.variables(read(bicep.INFRA / "directory.bicep"))
    assert str(directory["operationsRoleId"]) in read(bicep.ROOT / "docs/operations.md")


def test_the_first_deployment_of_the_directory_refers_to_nothing_that_it_only_makes() -> None:
    directory = read(bicep.INFRA / "directory.bicep")
    (portal,) = (each for each in bicep.resources(directory) if each.symbol == "portal")
    first = "empty(portalClientId) ? [] : "
    assert str(portal.body["identifierUris"]).startswith(first)
    assert str(bicep.variables(directory)["preAuthorised"]).startswith(first)


def test_flex_consumption_is_given_no_diagnostic_settings_which_it_refuses() -> None:
    kinds = [
        each.kind for each in bicep.resources(read(bicep.INFRA / "modules/function-app.bicep"))
    ]
    assert "Microsoft.Web/sites" in kinds
    assert "Microsoft.Insights/diagnosticSettings" not in kinds
