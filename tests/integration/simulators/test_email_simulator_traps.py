"""The traps of the email simulator."""

from collections.abc import AsyncIterator

import pytest
from azure.core.exceptions import (
    HttpResponseError,
    IncompleteReadError,
    ResourceExistsError,
    ServiceRequestError,
)

from tests.integration.simulators.email_client import ID, JANE, OTHER_ID, Mail, message, running

OTHER = message(content={"subject": "Another", "plainText": "T"})


@pytest.fixture
async def mail() -> AsyncIterator[Mail]:
    async with running() as it:
        yield it


async def refused(mail: Mail) -> HttpResponseError:
    """Send, and return the refusal."""
    with pytest.raises(HttpResponseError) as told:
        await mail.send()
    return told.value


def code(error: HttpResponseError) -> str:
    """Return the status and the service's code."""
    assert error.error is not None
    return f"{error.status_code} {error.error.code}"


async def test_without_dedupe_the_same_send_mails_twice(mail: Mail) -> None:
    await mail.no_trap("dedupe")

    await mail.send()
    await mail.send()
    await mail.send(OTHER)

    assert len(await mail.accepted()) == 3


async def test_switching_all_traps_off_leaves_dedupe_on(mail: Mail) -> None:
    await mail.no_trap("dedupe")
    await mail.trap("throttle")

    await mail.no_trap()

    await mail.send()
    await mail.send()
    assert len(await mail.accepted()) == 1


@pytest.mark.parametrize("seconds", [None, 7])
async def test_a_throttled_send_is_told_when_to_come_back(mail: Mail, seconds: int | None) -> None:
    await mail.trap("throttle", retryAfter=seconds, times=1)

    assert code(await refused(mail)) == "429 TooManyRequests"
    assert mail.seen[-1].http_response.headers.get("Retry-After") == (seconds and str(seconds))
    assert await mail.status() == "NotFound"
    assert await mail.send() == ID


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("status", [500, 503])
async def test_after_a_server_error_the_mail_may_be_out_or_not(
    mail: Mail, status: int, *, accepted: bool
) -> None:
    await mail.trap("server_error", status=status, accepted=accepted)

    assert (await refused(mail)).status_code == status
    assert len(await mail.accepted()) == accepted
    assert await mail.status() == ("Succeeded" if accepted else "NotFound")


@pytest.mark.parametrize("accepted", [False, True])
async def test_after_a_dropped_answer_the_mail_may_be_out_or_not(
    mail: Mail, *, accepted: bool
) -> None:
    await mail.trap("drop_answer", accepted=accepted)

    with pytest.raises(ServiceRequestError):
        await mail.send()
    assert len(await mail.accepted()) == accepted


async def test_a_truncated_answer_is_no_answer_but_the_mail_is_out(mail: Mail) -> None:
    await mail.trap("truncated_answer", times=1)

    with pytest.raises(IncompleteReadError):
        await mail.send()
    assert await mail.status() == "Succeeded"


async def test_a_late_mail_is_unknown_until_the_clock_has_moved(mail: Mail) -> None:
    await mail.trap("late_accept", seconds=60)
    with pytest.raises(ServiceRequestError):
        await mail.send()

    await mail.later(59)
    assert (await mail.status(), await mail.accepted()) == ("NotFound", [])

    await mail.later(120)
    assert await mail.status() == "Succeeded"
    assert [each["acceptedAt"] for each in await mail.accepted()] == ["2026-11-21T09:01:00Z"]


@pytest.mark.parametrize(("dedupe", "mails"), [(True, 1), (False, 2)])
async def test_a_late_mail_meets_its_repetition(mail: Mail, mails: int, *, dedupe: bool) -> None:
    await mail.trap("late_accept", seconds=60, times=1)
    if not dedupe:
        await mail.no_trap("dedupe")
    with pytest.raises(ServiceRequestError):
        await mail.send()

    await mail.send()
    await mail.later(60)

    assert len(await mail.accepted()) == mails


async def test_a_late_mail_whose_id_is_taken_by_another_is_lost(mail: Mail) -> None:
    await mail.trap("late_accept", seconds=60, times=1)
    with pytest.raises(ServiceRequestError):
        await mail.send()

    await mail.send(OTHER)
    await mail.later(60)

    assert [each["subject"] for each in await mail.accepted()] == ["Another"]
    with pytest.raises(ResourceExistsError):
        await mail.send()


@pytest.mark.parametrize("shown", ["NotFound", "NotStarted", "Running"])
async def test_a_status_lags_behind_until_the_operation_is_old_enough(
    mail: Mail, shown: str
) -> None:
    await mail.trap("status_lag", seconds=30, shown=shown)
    await mail.send()

    assert await mail.status() == shown
    await mail.later(30)
    assert await mail.status() == "Succeeded"
    assert len(await mail.accepted()) == 1


async def test_a_forgotten_status_is_unknown_although_the_mail_is_out(mail: Mail) -> None:
    await mail.send()
    await mail.trap("forget_status", times=1)

    assert await mail.status() == "NotFound"
    assert await mail.status() == "Succeeded"


@pytest.mark.parametrize("addresses", [[JANE.upper()], f"a@example.org, {JANE}", ""])
async def test_a_suppressed_address_is_refused(mail: Mail, addresses: object) -> None:
    await mail.trap("suppressed", addresses=addresses)

    assert code(await refused(mail)) == "400 EmailDroppedAllRecipientsSuppressed"
    assert await mail.accepted() == []


async def test_a_suppressed_address_may_show_in_the_status_only(mail: Mail) -> None:
    await mail.trap("suppressed", addresses=[JANE], answered="status")
    await mail.send()

    shown = await mail.read()

    assert shown["status"] == "Failed"
    assert shown["error"]["code"] == "EmailDroppedAllRecipientsSuppressed"
    assert await mail.accepted() == []


@pytest.mark.parametrize("trap", ["suppressed", "invalid_address"])
async def test_other_addresses_than_the_listed_ones_are_mailed(mail: Mail, trap: str) -> None:
    await mail.trap(trap, addresses=["a@example.org"])

    assert await mail.send() == ID


async def test_an_invalid_address_is_refused(mail: Mail) -> None:
    await mail.trap("invalid_address", addresses=[JANE])

    assert code(await refused(mail)) == "400 InvalidEmailAddress"


@pytest.mark.parametrize("status", ["Failed", "Canceled"])
async def test_an_operation_may_end_badly(mail: Mail, status: str) -> None:
    await mail.trap("failed_operation", status=status, times=1)

    await mail.send()
    await mail.send(id=OTHER_ID)

    assert (await mail.status(), await mail.status(OTHER_ID)) == (status, "Succeeded")
    assert [each["operationId"] for each in await mail.accepted()] == [OTHER_ID]


@pytest.mark.parametrize(
    ("trap", "parameters", "told"),
    [
        ("unauthorised", {}, "401 Denied"),
        ("denied_sender", {}, "403 Forbidden"),
        ("denied_sender", {"status": 400}, "400 InvalidSenderUserName"),
        ("denied_sender", {"status": 404}, "404 DomainNotLinked"),
    ],
)
async def test_what_is_not_the_recipient_s_fault_is_refused_in_its_own_words(
    mail: Mail, trap: str, parameters: dict[str, object], told: str
) -> None:
    await mail.trap(trap, **parameters)

    assert code(await refused(mail)) == told


async def test_a_slow_service_answers_all_the_same(mail: Mail) -> None:
    await mail.trap("slow", milliseconds=1, times=1)

    assert await mail.send() == ID


async def test_an_unknown_trap_is_not_found(mail: Mail) -> None:
    async with mail.session.put(mail.address + "/dev/traps/gravity", json={}) as answer:
        assert answer.status == 404
