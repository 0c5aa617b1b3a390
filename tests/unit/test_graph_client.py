"""How requests go out: once, and to this very Graph."""

import asyncio

import httpx
import pytest

from shared.adapters.graph_answers import AnswerLost, Patience
from shared.adapters.quiet_telemetry import QUIET
from shared.domain.errors import DirectoryUnavailable, OutcomeUnknown
from tests.support.builders import numbered
from tests.support.graph import (
    APPLICATION,
    GRAPH,
    GROUPS,
    NOTHING,
    READS,
    REQUEST,
    WRITES,
    Call,
    Wire,
    answering,
)

DOCUMENT = {
    "appId": numbered(4),
    "displayName": "Partner-NL-OrganisationName-SMC",
    "passwordCredentials": [],
    "requiredResourceAccess": [],
}


class TestOneRequest:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("write", WRITES)
    async def test_a_write_is_not_carried_on_to_elsewhere(self, write: Call, status: int) -> None:
        moved = httpx.Response(status, headers={"Location": "https://elsewhere.example/"})
        wire = answering(moved, httpx.Response(200, json={}))
        with pytest.raises(OutcomeUnknown):
            await write(wire.directory())
        assert len(wire.requests) == 1

    @pytest.mark.parametrize("read", READS)
    async def test_a_read_is_not_redirected(self, read: Call) -> None:
        moved = httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
        wire = answering(moved, httpx.Response(200, json=NOTHING))
        with pytest.raises(DirectoryUnavailable):
            await read(wire.directory())
        assert len(wire.requests) == 1

    @pytest.mark.parametrize("status", [301, 304, 199])
    async def test_an_empty_answer_of_another_kind_is_no_removal(self, status: int) -> None:
        with pytest.raises(OutcomeUnknown):
            await WRITES[1](answering(httpx.Response(status)).directory())

    @pytest.mark.parametrize(
        "fault",
        [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")],
        ids=repr,
    )
    @pytest.mark.parametrize("write", WRITES)
    async def test_without_a_connection_nothing_was_asked(
        self, write: Call, fault: Exception
    ) -> None:
        wire = answering(fault)
        with pytest.raises(DirectoryUnavailable):
            await write(wire.directory())
        assert len(wire.requests) == 1

    @pytest.mark.parametrize(
        "fault",
        [
            httpx.ReadTimeout("x"),
            httpx.WriteTimeout("x"),
            httpx.ReadError("x"),
            httpx.WriteError("x"),
            httpx.CloseError("x"),
            httpx.RemoteProtocolError("x"),
            httpx.LocalProtocolError("x"),
            httpx.DecodingError("x"),
            OSError("x"),
            RuntimeError("x"),
        ],
        ids=repr,
    )
    @pytest.mark.parametrize("write", WRITES)
    async def test_a_lost_answer_leaves_the_outcome_open(
        self, write: Call, fault: Exception
    ) -> None:
        wire = answering(fault)
        with pytest.raises(OutcomeUnknown):
            await write(wire.directory())
        assert len(wire.requests) == 1

    async def test_an_answer_that_does_not_come_is_lost(self) -> None:
        async def silence(_: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        async def no_pause(_: float) -> None:
            raise AssertionError

        from shared.adapters.graph_client import graph_client  # noqa: PLC0415 - warns when imported

        transport = httpx.MockTransport(silence)
        client = graph_client(
            base_url=GRAPH, credential=None, transport=transport, sleep=no_pause, meters=QUIET
        )
        with pytest.raises(AnswerLost, match="TimeoutError"):
            await client.send(
                client.requests.add_password(APPLICATION, REQUEST), Patience(seconds=0.01)
            )

    async def test_who_is_cancelled_is_cancelled(self) -> None:
        wire = answering(asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            await WRITES[0](wire.directory())


class TestWhatIsCounted:
    async def test_every_request_is_counted_by_its_method_and_what_came_back(self) -> None:
        page, busy = httpx.Response(200, json={"value": []}), httpx.Response(503)
        wire = answering(busy, httpx.ReadError("x"), page)
        await wire.directory().members(GROUPS[0])
        gone = answering(asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            await WRITES[0](gone.directory())
        assert wire.telemetry.counts + gone.telemetry.counts == {
            ("directory.requests", "GET", 503): 1,
            ("directory.requests", "GET", "none"): 1,
            ("directory.requests", "GET", 200): 1,
            ("directory.requests", "POST", "none"): 1,
        }


class TestWhatIsAbsent:
    @pytest.mark.parametrize("read", READS)
    async def test_a_404_of_somebody_else_proves_nothing(self, read: Call) -> None:
        wire = answering(httpx.Response(404, html="<p>No such site</p>"))
        with pytest.raises(DirectoryUnavailable):
            await read(wire.directory())


class TestPages:
    async def test_others_on_the_loop_come_between_the_steps_of_a_page(self) -> None:
        turns = 0
        asked_at = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        def answer(_: httpx.Request) -> httpx.Response:
            nonlocal asked_at
            asked_at = turns
            return httpx.Response(200, json={"value": [{**DOCUMENT, "id": numbered(1)}]})

        running = asyncio.create_task(others())
        pages = [page async for page in Wire(answer).directory().every_application()]
        running.cancel()
        assert len(pages) == 1
        # Whoever waits for an answer needs three rounds, each time.
        assert turns - asked_at >= 2 * 3


class TestNextLinks:
    async def test_an_application_that_comes_on_two_pages_counts_once(self) -> None:
        one, two = ({**DOCUMENT, "id": numbered(number)} for number in (1, 2))
        wire = answering(
            httpx.Response(200, json={"value": [one], "@odata.nextLink": f"{GRAPH}/x?2"}),
            httpx.Response(200, json={"value": [two, one]}),
        )
        pages = [page async for page in wire.directory().every_application()]
        assert [[each.object_id for each in page] for page in pages] == [
            [numbered(1)],
            [numbered(2)],
        ]

    @pytest.mark.parametrize(
        "link",
        [
            "http://graph.microsoft.com/v1.0/applications?$skiptoken=1",
            "https://graph.microsoft.com:444/v1.0/applications",
            "https://graph.microsoft.com.evil.example/v1.0/applications",
            "https://graph.microsoft.com@evil.example/v1.0/applications",
            "https://user@graph.microsoft.com/v1.0/applications",
            "https://graph.microsoft.com/beta/applications",
            "https://graph.microsoft.com/v1.0/../beta/applications",
            "https://graph.microsoft.com/v1.0evil/applications",
            "https://graph.microsoft.com/v1.0",
            "//graph.microsoft.com/v1.0/applications",
            "/v1.0/applications",
            "https://[",
            "",
        ],
    )
    async def test_a_foreign_link_is_not_followed(self, link: str) -> None:
        wire = answering(httpx.Response(200, json={"value": [], "@odata.nextLink": link}))
        with pytest.raises(DirectoryUnavailable):
            await wire.directory().applications_of(GROUPS[:1])
        assert len(wire.requests) == 1

    async def test_a_link_that_leads_in_a_circle_is_followed_once(self) -> None:
        pages = [{"value": [], "@odata.nextLink": f"{GRAPH}/x?{name}"} for name in "aba"]
        wire = answering(*(httpx.Response(200, json=page) for page in pages))
        with pytest.raises(DirectoryUnavailable):
            await wire.directory().groups_with_role()
        assert [request.url.query for request in wire.requests[1:]] == [b"a", b"b"]

    async def test_the_link_is_followed_as_it_was_given(self) -> None:
        link = "https://graph.microsoft.com:443/v1.0/groups?$skiptoken=m~X%27-%2B/=&$count=true"
        first = httpx.Response(200, json={"value": [], "@odata.nextLink": link})
        wire = answering(first, httpx.Response(200, json={"value": []}))
        await wire.directory().members(GROUPS[0])
        assert str(wire.requests[1].url) == link.replace(":443", "")

    async def test_the_headers_of_an_advanced_query_are_carried_on(self) -> None:
        first = {"value": [], "@odata.nextLink": f"{GRAPH}/groups?$skiptoken=1"}
        wire = answering(httpx.Response(200, json=first), httpx.Response(200, json={"value": []}))
        await wire.directory().members(GROUPS[0])
        for request in wire.requests:
            assert request.headers["ConsistencyLevel"] == "eventual"
            assert request.headers["Accept"] == "application/json"
