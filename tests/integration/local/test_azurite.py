"""Azurite's table service starts, serves, and leaves nothing behind."""

import contextlib
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from local.azurite import Azurite, AzuriteError
from local.settings import ROOT, environment

HOLDS_AZURITE = """
import sys
from local.azurite import Azurite
with Azurite() as azurite:
    print(azurite.port, flush=True)
    sys.stdin.read()
"""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_rows_are_kept_while_it_runs_and_nothing_listens_afterwards() -> None:
    with (
        Azurite() as azurite,
        TableServiceClient.from_connection_string(azurite.connection_string) as service,
    ):
        table = service.create_table("rows")
        table.create_entity({"PartitionKey": "p", "RowKey": "r", "said": "yes"})
        assert table.get_entity("p", "r")["said"] == "yes"
    assert not answers(azurite.port)


def test_it_can_be_stopped_twice() -> None:
    azurite = Azurite().start()
    azurite.stop()
    azurite.stop()
    assert not answers(azurite.port)


def test_it_leaves_no_file(tmp_path: Path) -> None:
    code = "from local.azurite import Azurite\nwith Azurite(): pass"
    subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        check=True,
        cwd=tmp_path,
        env={**environment(), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AzuriteError, match=rf"^Port {port} is taken\.$"), Azurite(port):
            pass


def test_it_ends_with_its_parent_even_if_that_is_killed() -> None:
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", HOLDS_AZURITE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        assert parent.stdout is not None
        with socket.create_connection(("127.0.0.1", int(parent.stdout.readline()))) as service:
            parent.send_signal(signal.SIGKILL)
            service.settimeout(30)
            # The end of the stream, or its breaking: whoever held the other side is gone.
            with contextlib.suppress(ConnectionResetError):
                assert service.recv(1) == b""
