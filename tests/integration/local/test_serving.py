"""What every server of the stack does with a request that is not HTTP."""

import asyncio

import pytest
from aiohttp import web

from local.simulators.common import serving
from local.stack import unproxied

CANARY = b"eyJ0eXAiOiJKV1Qi.canary"
MALFORMED = [
    b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\x00\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer %s\r\n\r\n",
    b"GET /?x=\xff%s HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    b"GET /?x=\xff%s HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s" + b"a" * 9000 + b"\r\n\r\n",
    b"%s\r\n\r\n",
]


async def body(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


def application() -> web.Application:
    made = web.Application()
    made.router.add_route("*", "/", body)
    return made


async def sent(address: str, raw: bytes) -> bytes:
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(raw)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("raw", MALFORMED)
async def test_what_is_not_http_is_refused_and_never_quoted_in_the_log(
    raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(application()) as address:
        answer = await sent(address, raw.replace(b"%s", CANARY))
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert CANARY.decode() not in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_body_is_passed_on_as_it_was_sent() -> None:
    raw = (
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    )
    async with serving(application()) as address:
        answer = await sent(address, raw)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n{}")


def test_this_machine_is_excepted_from_a_proxy_and_what_was_excepted_stays() -> None:
    values = unproxied({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"})
    assert values["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert values["no_proxy"] == "127.0.0.1,localhost"
    assert values["HTTP_PROXY"] == "http://proxy:3128"
