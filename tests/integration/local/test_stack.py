"""`python -m local` brings everything up, says what is wrong, and leaves nothing behind."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from local.azurite import Azurite
from local.settings import Ports, product_settings
from local.stack import StackError, supervised
from tests.integration.local.processes import ended, line_with, started
from tests.support.ports import answers, free_ports, settings_at


@contextlib.asynccontextmanager
async def running(ports: Ports, **settings: str) -> AsyncIterator[Process]:
    async with started("local", **settings_at(ports), **settings) as process:
        try:
            await line_with(process.stdout, "Everything answers")
        except AssertionError as silence:
            raise AssertionError((await ended(process))[1]) from silence
        yield process


@pytest.mark.parametrize(
    ("part", "setting"),
    [("lab", "PORT_BASE"), ("identity", "PORT_BASE"), ("tables", "TABLES_PORT")],
)
async def test_a_taken_port_is_said_before_anything_starts(part: str, setting: str) -> None:
    ports = free_ports()
    port = ports.all()[part]
    with socket.create_server(("127.0.0.1", port)):
        async with started("local", **settings_at(ports)) as process:
            code, stderr = await ended(process)
    assert code == 1
    assert re.fullmatch(rf"Port {port} \({part}\) is taken\. {setting} .+\n", stderr)


async def test_a_port_base_that_is_none_is_said() -> None:
    async with started("local", PORT_BASE="here") as process:
        assert await ended(process) == (1, "PORT_BASE=here is no port number.\n")


async def test_everything_answers_once_the_tour_is_printed_and_nothing_after_the_end() -> None:
    ports = free_ports()
    pages = ["lab", "mail"]
    paths = {"functions": "/api/health", "graph": "/dev/world", "identity": "/dev/users"}
    async with running(ports) as process, aiohttp.ClientSession() as http:
        for part in (*pages, *paths):
            async with http.get(ports.address(part) + paths.get(part, "/")) as answer:
                assert answer.status == 200
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
        code, stderr = await ended(process)
    assert code == 0
    assert "Traceback" not in stderr
    assert not any(answers(port) for port in ports.all().values())


async def test_the_tour_can_be_walked_whatever_proxy_the_machine_has() -> None:
    ports = free_ports()
    proxy = dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy"], "http://127.0.0.1:1")
    async with running(ports, **proxy, NO_PROXY="", no_proxy=""), aiohttp.ClientSession() as http:
        body = b'{"user": "jane.doe@example.org"}'
        async with http.post(f"{ports.address('identity')}/dev/token", data=body) as answer:
            token = (await answer.json())["access_token"]
        async with http.post(f"{ports.address('lab')}/dev/clock", data=b'{"days": 7}') as answer:
            assert (await answer.json())["failedRuns"] == 0
        async with http.get(f"{ports.address('mail')}/dev/accepted") as answer:
            accepted = (await answer.json())["accepted"]
        assert accepted
        async with http.get(f"{ports.address('mail')}/dev/reports/settled") as answer:
            reports = (await answer.json())["reports"]
        assert {each["operationId"] for each in reports} == {
            each["operationId"] for each in accepted
        }
        assert {each["answers"][-1] for each in reports} == {202}
        # The token outlives the week that has passed.
        signed_in = {"Authorization": f"Bearer {token}"}
        address = f"{ports.address('functions')}/api/applications"
        async with http.get(address, headers=signed_in) as answer:
            assert answer.status == 200


def children(process: Process) -> dict[int, str]:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,command="],  # noqa: S607 - ps is where the system has it
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return {int(pid): command for pid, parent, command in lines if int(parent) == process.pid}


@pytest.mark.parametrize(
    ("command", "message"),
    [("local.host", "The functions host ended by itself"), ("azurite", "Azurite ended by itself")],
)
async def test_a_part_that_dies_takes_the_rest_with_it(command: str, message: str) -> None:
    ports = free_ports()
    async with running(ports) as process:
        (victim,) = [pid for pid, line in children(process).items() if command in line]
        os.kill(victim, signal.SIGKILL)
        code, stderr = await ended(process)
    assert code == 1
    assert message in stderr
    assert "Traceback" not in stderr
    assert not any(answers(port) for port in ports.all().values())


async def test_nothing_is_left_when_the_supervisor_itself_is_killed() -> None:
    ports = free_ports()
    async with running(ports) as process:
        reader, writer = await asyncio.open_connection("127.0.0.1", ports.functions)
        process.kill()
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"TENANT_ID": ""}, r"/api/health says: .*TENANT_ID"),
        ({"REQUIRED_SCOPE": "Another"}, r"/api/applications says: "),
    ],
)
async def test_a_product_that_can_t_be_used_is_said(changed: dict[str, str], said: str) -> None:
    ports = free_ports()
    product = product_settings()
    values = {**product.values, **changed}
    with Azurite(ports.tables) as azurite, pytest.raises(StackError, match=said):
        await supervised(ports, replace(product, values=values), azurite)
    assert not any(answers(port) for port in ports.all().values())
