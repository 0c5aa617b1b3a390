"""The token goes to Graph alone; neither it nor a secret's value gets out by log or error."""

import asyncio
import logging
from types import TracebackType
from typing import Any, Self

import httpx
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from shared.domain.errors import DirectoryUnavailable, OutcomeUnknown
from tests.support.graph import (
    APPLICATION,
    GROUPS,
    KEY,
    NOTHING,
    READS,
    REQUEST,
    WRITES,
    Call,
    answering,
)

TOKEN, VALUE = "eyJ0.token.value", "Q_e8Q~ZDWJD.bkgajbREp"


class Credential:
    """Counts how it is asked; answers after a turn of the event loop."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[tuple[tuple[str, ...], str | None]] = []
        self.at_once = 0
        self._now = 0

    async def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:  # noqa: ANN401 - the vendor's options
        self.asked.append((scopes, claims))
        self._now += 1
        self.at_once = max(self.at_once, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        if self.failure:
            raise self.failure
        return AccessToken(TOKEN, 2**31)

    async def close(self) -> None:
        """Do nothing."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Do nothing."""


class TestTheToken:
    async def test_it_is_graphs_and_goes_along(self) -> None:
        credential = Credential()
        wire = answering(httpx.Response(204))
        await WRITES[1](wire.directory(credential=credential))
        assert credential.asked == [(("https://graph.microsoft.com/.default",), None)]
        assert wire.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"

    async def test_its_scope_does_not_depend_on_the_host(self) -> None:
        credential = Credential()
        wire = answering(httpx.Response(204))
        local = wire.directory(base_url="http://127.0.0.1:7072/v1.0", credential=credential)
        await WRITES[1](local)
        assert credential.asked == [(("https://graph.microsoft.com/.default",), None)]

    async def test_no_other_host_gets_it(self) -> None:
        credential = Credential()
        wire = answering(httpx.Response(401))
        with pytest.raises(DirectoryUnavailable):
            await READS[0](
                wire.directory(base_url="https://evil.example/v1.0", credential=credential)
            )
        assert credential.asked == []
        assert "Authorization" not in wire.requests[0].headers

    async def test_it_is_asked_for_one_at_a_time(self) -> None:
        """The first answer fills the credential's cache; many at once would each miss it."""
        credential = Credential()
        wire = answering(httpx.Response(200, json=NOTHING))
        await wire.directory(credential=credential).applications_of(GROUPS)
        assert (len(credential.asked), credential.at_once) == (3, 1)

    @pytest.mark.parametrize("call", [*WRITES, *READS])
    @pytest.mark.parametrize(
        "failure", [ClientAuthenticationError(f"no: {VALUE}"), OSError(VALUE)], ids=["azure", "os"]
    )
    async def test_without_it_nothing_is_sent(self, call: Call, failure: Exception) -> None:
        wire = answering(httpx.Response(204))
        with pytest.raises(DirectoryUnavailable) as error:
            await call(wire.directory(credential=Credential(failure)))
        assert wire.requests == []
        assert VALUE not in str(error.value)

    async def test_a_claims_challenge_is_answered_with_another_token(self) -> None:
        """The one request that is sent again: a 401 has had no effect."""
        challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="'
        wire = answering(
            httpx.Response(401, headers={"WWW-Authenticate": challenge}), httpx.Response(204)
        )
        credential = Credential()
        assert await WRITES[1](wire.directory(credential=credential)) is True
        assert [claims for _, claims in credential.asked] == [None, '{"a":1}']
        assert wire.requests[0].content == wire.requests[1].content


class TestTheValue:
    async def test_no_log_holds_it(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        issued = {"keyId": KEY, "hint": "Q_e", "secretText": VALUE}
        directory = answering(httpx.Response(200, json=issued)).directory(credential=Credential())
        secret = await directory.add_secret(APPLICATION, REQUEST)
        assert secret.value.reveal() == VALUE
        assert VALUE not in f"{secret} {secret!r} {caplog.text}"
        assert TOKEN not in caplog.text

    @pytest.mark.parametrize(
        "body",
        [
            f'{{"keyId": null, "secretText": "{VALUE}"}}',
            f'{{"keyId": "{KEY}", "value": "{VALUE}"}}',
            f'{{"keyId": "{KEY}", "secretText": "{VALUE}',
            f"<html>{VALUE}</html>",
            "",
        ],
    )
    async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open_and_shows_nothing(
        self, body: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        directory = answering(httpx.Response(200, text=body)).directory()
        with pytest.raises(OutcomeUnknown) as raised:
            await directory.add_secret(APPLICATION, REQUEST)
        error = raised.value
        assert VALUE not in repr((error, error.__cause__, error.__context__, error.__dict__))
        assert VALUE not in caplog.text
