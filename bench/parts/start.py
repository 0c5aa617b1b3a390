"""Start-up in an environment of requirements.txt alone, and what that weighs."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import world
from bench.figures import Figure, middle
from bench.surroundings import environment_of, upstream
from local.settings import ROOT

REPETITIONS = 5
_SAY = "import json, sys, time; sys.stdout.write(json.dumps("
_SAY += "{'at': time.perf_counter(), 'took': 0, 'modules': len(sys.modules)}) + chr(10))"
_FUNCTIONS = f"import azure.functions; {_SAY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Files of an installation, without and with bytecode; sizes in MB."""

    files: int
    size: float
    compiled_files: int
    compiled_size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A start of a program: seconds until it has answered, those of the call, and modules then."""

    seconds: float
    took: float
    modules: int


def measure() -> list[Figure]:
    with (
        installed() as python,
        upstream({"latency": {}, "world": world.world()}) as upstreams,
    ):
        upstreams.begin_anew()
        settings, token = upstreams.settings, upstreams.token(world.ONE_GROUP)
        programs = {
            "import": ["-c", _FUNCTIONS],
            "health": ["-m", "bench.inside.first", "health"],
            "list": ["-m", "bench.inside.first", "list_applications", token],
            "opened": ["-m", "bench.inside.first", "list_applications", token, "config"],
        }
        raw = _started(python, programs["list"], settings, bytecode=False)
        _compiled(python)
        rounds = [
            {name: _started(python, each, settings) for name, each in programs.items()}
            for _ in range(REPETITIONS)
        ]
        whole, graph = _weight(_packages(python)), _weight(_packages(python) / "msgraph")
    return [*_starting(rounds, raw), *_weighing(whole, graph)]


@contextmanager
def installed() -> Iterator[Path]:
    """Yield the interpreter of a fresh environment that holds what the cloud installs."""
    with tempfile.TemporaryDirectory() as folder:
        uv = str(Path(sys.executable).with_name("uv"))
        python = Path(folder) / "bin" / "python"
        locked = ("--require-hashes", str(ROOT / "requirements.txt"))
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, folder],
            [uv, "pip", "sync", "--quiet", "--python", str(python), *locked],
        ):
            subprocess.run(command, check=True)  # noqa: S603 - our own tool and arguments
        yield python


def _started(
    python: Path, program: list[str], settings: Mapping[str, str], *, bytecode: bool = True
) -> Start:
    values = environment_of(settings)
    values |= {} if bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own interpreter and modules
        [python, *program], cwd=ROOT, env=values, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{program[1]} does not start:\n{done.stderr}")
    said = json.loads(done.stdout)
    return Start(seconds=said["at"] - began, took=said["took"], modules=said["modules"])


def _compiled(python: Path) -> None:
    subprocess.run(  # noqa: S603 - our own interpreter
        [python, "-m", "compileall", "-q", "-j", "0", _packages(python)],
        check=False,  # templates of some packages are no Python
        stdout=subprocess.DEVNULL,
    )


def _packages(python: Path) -> Path:
    return next((python.parents[1] / "lib").glob("python*")) / "site-packages"


def _weight(folder: Path) -> Weight:
    files = [
        (each.suffix == ".pyc", each.stat().st_size) for each in folder.rglob("*") if each.is_file()
    ]
    plain = [size for is_compiled, size in files if not is_compiled]
    return Weight(
        files=len(plain),
        size=sum(plain) / 1e6,
        compiled_files=len(files),
        compiled_size=sum(size for _, size in files) / 1e6,
    )


def _starting(rounds: Sequence[Mapping[str, Start]], raw: Start) -> list[Figure]:
    base, health, listed, opened = (
        _median(rounds, name) for name in ("import", "health", "list", "opened")
    )

    def ratio(name: str) -> float:
        return middle(each[name].seconds / each["import"].seconds for each in rounds)

    return [
        Figure(
            name="process start to first answer ÷ import azure.functions",
            floor="1",
            goal=3,
            measured=ratio("health"),
            note=f"health: {health.seconds * 1000:.0f} ms of {base.seconds * 1000:.0f} ms,"
            f" {health.modules:,} modules of {base.modules:,}",
        ),
        Figure(
            name="process start to first list ÷ import azure.functions",
            floor="1",
            goal=3,
            measured=ratio("list"),
            note=f"{listed.seconds * 1000:.0f} ms, {listed.modules:,} modules; without bytecode"
            f" {raw.seconds * 1000:.0f} ms",
            idea="the clients of Graph (kiota, httpx, h2), of tables (azure-core, aiohttp) and of"
            " tokens (cryptography) are imported then: 0.35 s that no order of imports saves, while"
            " the product's own modules take 0.05 s. Who opens the page does not wait for them"
            " (below). Next, for those who call the API alone: an always-ready instance.",
        ),
        Figure(
            name="the first list itself, once the page was opened ÷ import azure.functions",
            measured=middle(each["opened"].took / each["import"].seconds for each in rounds),
            note=f"{opened.took * 1000:.0f} ms; in a process that has answered nothing"
            f" {listed.took * 1000:.0f} ms",
        ),
    ]


def _median(rounds: Sequence[Mapping[str, Start]], name: str) -> Start:
    return Start(
        seconds=middle(each[name].seconds for each in rounds),
        took=middle(each[name].took for each in rounds),
        modules=rounds[0][name].modules,
    )


def _weighing(whole: Weight, graph: Weight) -> list[Figure]:
    return [
        Figure(
            name="installed packages",
            measured=whole.size,
            unit=" MB",
            note=f"{whole.files:,} files; with bytecode {whole.compiled_size:.0f} MB,"
            f" {whole.compiled_files:,} files",
        ),
        Figure(
            name="msgraph-sdk's part of them",
            measured=graph.size,
            unit=" MB",
            note=f"{graph.files:,} files, of which 41 are imported; with bytecode"
            f" {graph.compiled_size:.0f} MB (ADR 0019)",
        ),
    ]
