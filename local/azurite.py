"""Azurite's table service as a child process: in memory, and gone with its parent."""

import shutil
import socket
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.settings import ROOT, environment

ACCOUNT: Final = "devstoreaccount1"
# Published by Microsoft for its emulators, the same on every machine.
ACCOUNT_KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
SCRIPT: Final = ROOT / "node_modules" / "azurite" / "dist" / "src" / "table" / "main.js"
# The parent holds the other end of stdin: however it ends, Node reads the end of it and exits.
ENDS_WITH_PARENT: Final = (
    "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()"
)
STARTED: Final = "successfully started"
START_SECONDS: Final = 60
STOP_SECONDS: Final = 5


class AzuriteError(Exception):
    """Azurite did not start; the text says why."""


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Azurite:
    """The table service while the context lasts. `port` None: any free one."""

    def __init__(self, port: int | None = None) -> None:
        self.port = free_port() if port is None else port
        self._tries = 3 if port is None else 0
        self._output: deque[str] = deque(maxlen=20)
        self._decided = threading.Event()
        self._ready = False
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def endpoint(self) -> str:
        """Address of the account."""
        return f"http://127.0.0.1:{self.port}/{ACCOUNT}"

    @property
    def connection_string(self) -> str:
        """What azure-data-tables takes."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
            f"TableEndpoint={self.endpoint};"
        )

    def start(self) -> Self:
        """Return once it answers; AzuriteError if it does not."""
        while not self._launched():
            taken = "EADDRINUSE" in "\n".join(self._output)
            if taken and self._tries:
                # Somebody was quicker to take the free port.
                self._tries -= 1
                self.port = free_port()
                continue
            raise AzuriteError(f"Port {self.port} is taken." if taken else self._why())
        return self

    def _launched(self) -> bool:
        self._output.clear()
        self._decided.clear()
        self._process = subprocess.Popen(  # noqa: S603 - our own node, our own arguments  # nosec B603
            [_node(), "--import", ENDS_WITH_PARENT, *_arguments(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={k: v for k, v in environment().items() if not k.startswith("AZURITE_")},
            # Ctrl-C in the terminal reaches the supervisor alone, which ends its children.
            process_group=0,
        )
        # Read to the end, or a full pipe would stop the service.
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()
        try:
            self._decided.wait(START_SECONDS)
        finally:
            if not self._ready:
                self.stop()
        return self._ready

    @property
    def running(self) -> bool:
        """Whether the service is there still."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the service; nothing happens if it has ended."""
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self._output.append(line.strip())
                if STARTED in line:
                    self._ready = True
                    self._decided.set()
        self._decided.set()

    def _why(self) -> str:
        return "\n".join(["Azurite did not start.", *self._output])


def _node() -> str:
    beside_python = shutil.which("node", path=str(Path(sys.executable).parent))
    node = beside_python or shutil.which("node")
    if node is None:
        raise AzuriteError("Node is not on the PATH. `make setup` brings it.")
    if not SCRIPT.exists():
        raise AzuriteError("Azurite is not installed. `make setup` brings it.")
    return node


def _arguments(port: int) -> list[str]:
    switches = ["--inMemoryPersistence", "--disableTelemetry", "--silent"]
    return [str(SCRIPT), *switches, "--tableHost", "127.0.0.1", "--tablePort", str(port)]
