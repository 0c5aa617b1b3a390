"""The package alone, with nothing installed but requirements.txt: it is indexed, and it answers.

The host is the local one, copied beside it with the parser of schedules that it needs: neither is
part of what is deployed.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

import function_app
from local.packaging import build
from local.settings import environment
from tests.infra.bicep import ROOT
from tests.infra.test_package import copy_of_the_sources
from tests.integration.local.processes import line_with

INDEX = """
import json, pathlib, sys
import azure.functions, function_app
functions = {each.get_function_name(): sorted(map(str, each.get_raw_bindings()))
             for each in function_app.app.get_functions()}
places = sorted({str(pathlib.Path(module.__file__).resolve())
                 for name, module in sys.modules.items()
                 if name.split('.')[0] in ('function_app', 'functions', 'shared')})
print(json.dumps([functions, places]))
"""
IMPORT_ALL = """
import importlib, pkgutil, functions, shared
for package in (functions, shared):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):
        importlib.import_module(module.name)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The unpacked package, and an interpreter that has its requirements and nothing else."""

    folder: Path
    python: Path
    beside: Path


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    place = tmp_path_factory.mktemp("deployed")
    build(copy_of_the_sources(place / "sources"), place / "package.zip")
    folder = place / "package"
    with zipfile.ZipFile(place / "package.zip") as archive:
        archive.extractall(folder)
    return Deployed(
        folder=folder,
        python=installed(folder / "requirements.txt", place / "venv"),
        beside=local_host(place / "beside", folder),
    )


def installed(requirements: Path, venv: Path) -> Path:
    """Install the requirements, by their hashes, into an environment of their own."""
    uv = Path(sys.executable).with_name("uv")
    python = venv / "bin" / "python"
    run(uv, "venv", "--quiet", "--python", sys.executable, venv)
    options = ("--quiet", "--require-hashes", "--link-mode", "symlink", "--python", python)
    run(uv, "pip", "sync", *options, requirements)
    return python


def run(*command: str | Path) -> None:
    ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own installer
    assert ended.returncode == 0, ended.stderr


def local_host(beside: Path, package: Path) -> Path:
    """Copy the local host, where it finds the package's host.json."""
    shutil.copytree(ROOT / "local", beside / "local")
    shutil.copy(package / "host.json", beside)
    croniter = find_spec("croniter")
    assert croniter is not None
    assert croniter.origin is not None
    shutil.copytree(Path(croniter.origin).parent, beside / "croniter")
    return beside


def told_by(deployed: Deployed, code: str) -> str:
    """Run code in the package's folder, without any setting; return what it wrote."""
    ended = subprocess.run(  # noqa: S603 - the package's own interpreter, and our code
        [deployed.python, "-c", code],
        cwd=deployed.folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_every_function_is_indexed_with_its_bindings(deployed: Deployed) -> None:
    functions, places = json.loads(told_by(deployed, INDEX))
    assert functions == {
        each.get_function_name(): sorted(map(str, each.get_raw_bindings()))
        for each in function_app.build().get_functions()
    }
    assert "run_reminders" in functions
    assert [place for place in places if not Path(place).is_relative_to(deployed.folder)] == []


def test_every_module_finds_the_libraries_that_it_imports(deployed: Deployed) -> None:
    assert told_by(deployed, IMPORT_ALL) == ""


@asynccontextmanager
async def running(deployed: Deployed) -> AsyncIterator[str]:
    """Run the host on the package; yield its address."""
    settings = {
        **{name: value for name, value in environment().items() if name in {"PATH", "HOME"}},
        **json.loads((ROOT / "local.settings.sample.json").read_bytes())["Values"],
        "LOCAL_CORS": "",
        "PYTHONPATH": str(deployed.beside),
    }
    process = await asyncio.create_subprocess_exec(
        *(deployed.python, "-m", "local.host", "--port", "0", "--end-with-stdin"),
        cwd=deployed.folder,
        env=settings,
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield (await line_with(process.stderr, "functions found, listening on")).split()[-1]
    finally:
        process.stdin.close()
        await process.communicate()


async def test_every_page_that_anyone_may_ask_for_is_there(deployed: Deployed) -> None:
    routes = {
        trigger["route"]
        for function in function_app.build().get_functions()
        for trigger in map(json.loads, function.get_raw_bindings())
        if trigger["type"] == "httpTrigger" and "GET" in trigger["methods"]
    }
    plain = {route for route in routes if "{" not in route}
    assert {"api/config", "api/applications"} <= plain
    async with running(deployed) as address, aiohttp.ClientSession(address) as http:
        for route in plain:
            async with http.get(f"/{route}", allow_redirects=False) as answer:
                assert answer.status in {200, 301, 302, 307, 308, 401}, route


async def test_requests_are_answered_through_the_host(deployed: Deployed) -> None:
    async with running(deployed) as address, aiohttp.ClientSession(address) as http:
        async with http.get("/api/health") as health:
            assert (health.status, await health.json()) == (200, {"status": "ok"})
        async with http.get("/api/openapi.json") as contract:
            assert (await contract.json())["openapi"].startswith("3.1")
        async with http.get("/api/applications") as nobody:
            problem = await nobody.json(content_type="application/problem+json")
            assert (nobody.status, problem["status"]) == (401, 401)
