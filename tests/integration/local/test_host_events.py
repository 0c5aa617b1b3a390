"""Events reach a function as from the real host's webhook, or by hand."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.local.conftest import RunningHost

WEBHOOK = "/runtime/webhooks/eventgrid"
NOTIFICATION = {"aeg-event-type": "Notification"}


def event(**changes: object) -> dict[str, Any]:
    return {
        "id": "e1",
        "topic": "/subscriptions/1",
        "subject": "sender/one/message/two",
        "eventType": "Sample.Happened",
        "eventTime": "2026-11-21T09:00:20.2855749Z",
        "data": {"status": "Delivered"},
        "dataVersion": "1.0",
        "metadataVersion": "1",
        **changes,
    }


async def posted(
    host: RunningHost,
    body: object,
    *,
    query: str = "?functionName=eventful",
    headers: Mapping[str, str] = NOTIFICATION,
) -> int:
    """Post a body, written as JSON unless it is bytes; return the status."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with host.http.post(WEBHOOK + query, data=written, headers=headers) as answer:
        return answer.status


async def test_an_event_reaches_the_function_whole(host: RunningHost) -> None:
    assert await posted(host, [event()], query="?functionName=eventful&code=any") == 202
    (seen,) = host.recorder.events
    assert (seen.id, seen.topic, seen.subject) == (
        "e1",
        "/subscriptions/1",
        "sender/one/message/two",
    )
    assert (seen.event_type, seen.data_version) == ("Sample.Happened", "1.0")
    assert seen.event_time == datetime(2026, 11, 21, 9, 0, 20, 285574, tzinfo=UTC)
    assert seen.get_json() == {"status": "Delivered"}


async def test_every_event_of_a_post_is_a_call_of_its_own(host: RunningHost) -> None:
    assert await posted(host, [event(id=str(number)) for number in range(3)]) == 202
    assert sorted(seen.id for seen in host.recorder.events) == ["0", "1", "2"]
    calls = {context.invocation_id for context in host.recorder.contexts}
    assert len(calls) == 3


async def test_the_events_of_a_post_are_taken_side_by_side(host: RunningHost) -> None:
    together = [event(subject="with another")] * 2
    assert await asyncio.wait_for(posted(host, together), timeout=10) == 202


async def test_a_post_without_events_calls_nothing(host: RunningHost) -> None:
    assert await posted(host, []) == 202
    assert host.recorder.events == []


@pytest.mark.parametrize("subject", ["broken", "talkative"])
async def test_one_failed_call_fails_the_post_and_spares_no_other_event(
    host: RunningHost, subject: str
) -> None:
    assert await posted(host, [event(subject=subject), event()]) == 500
    assert len(host.recorder.events) == 2


async def test_an_event_that_the_worker_can_not_read_fails_the_post(host: RunningHost) -> None:
    assert await posted(host, [event(eventTime="soon"), event()]) == 500
    assert [seen.id for seen in host.recorder.events] == ["e1"]


@pytest.mark.parametrize(
    "query", ["", "?functionName=", "?functionName=unknown", "?functionName=hourly"]
)
async def test_what_takes_no_events_is_not_found(host: RunningHost, query: str) -> None:
    assert await posted(host, [event()], query=query) == 404


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"text"', b"[1]", b"[[]]", b"null"])
async def test_a_body_that_holds_no_events_is_refused(host: RunningHost, body: bytes) -> None:
    assert await posted(host, body) == 400
    assert host.recorder.events == []


@pytest.mark.parametrize("headers", [{}, {"aeg-event-type": "Rumour"}])
async def test_a_post_of_another_kind_is_refused(
    host: RunningHost, headers: dict[str, str]
) -> None:
    assert await posted(host, [event()], headers=headers) == 400
    assert host.recorder.events == []


async def validated(host: RunningHost, body: object) -> tuple[int, str]:
    headers = {"aeg-event-type": "SubscriptionValidation"}
    path = f"{WEBHOOK}?functionName=eventful"
    async with host.http.post(path, json=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_subscription_is_validated_by_its_code_and_no_function(host: RunningHost) -> None:
    status, text = await validated(host, [event(data={"validationCode": "512d38b6"})])
    assert (status, json.loads(text)) == (200, {"validationResponse": "512d38b6"})
    assert host.recorder.events == []


@pytest.mark.parametrize("body", [[], [event()], [event(data=None)], {}])
async def test_a_validation_without_a_code_is_refused(host: RunningHost, body: object) -> None:
    assert (await validated(host, body))[0] == 400


async def test_the_end_of_a_subscription_is_taken_note_of(host: RunningHost) -> None:
    assert await posted(host, [], headers={"aeg-event-type": "Unsubscribe"}) == 202


async def by_hand(host: RunningHost, given: object, name: str = "eventful") -> int:
    async with host.http.post(f"/admin/functions/{name}", json={"input": given}) as answer:
        return answer.status


async def test_an_event_can_be_sent_by_hand(host: RunningHost) -> None:
    assert await by_hand(host, json.dumps(event()), "Eventful") == 202
    assert await by_hand(host, json.dumps(event(subject="broken"))) == 500
    assert [seen.subject for seen in host.recorder.events] == ["sender/one/message/two", "broken"]


@pytest.mark.parametrize("given", [None, "", "x", "[]", "1", {"id": "e1"}])
async def test_what_is_no_event_can_not(host: RunningHost, given: object) -> None:
    assert await by_hand(host, given) == 400


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_page_of_another_origin_can_send_no_event(
    host: RunningHost, headers: dict[str, str]
) -> None:
    assert await posted(host, [event()], headers=NOTIFICATION | headers) == 403
    assert host.recorder.events == []
