"""The email simulator leaves out an address whose mail came back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.integration.simulators.email_client import JANE, message
from tests.integration.simulators.report_receiver import Told, telling
from tests.support.builders import numbered

OTHER = "a@example.org"


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    async with telling() as it:
        yield it


async def sent(told: Told, number: int, *addresses: str) -> str:
    """Send a mail of its own; return the status of its operation."""
    recipients = {"to": [{"address": address} for address in addresses or [JANE]]}
    await told.mail.send(message(recipients=recipients), numbered(number))
    return await told.mail.status(numbered(number))


async def bounced(told: Told) -> None:
    """Let the first mail to Jane come back."""
    await told.mail.trap("report_status", addresses=[JANE], status="Bounced", times=1)
    assert await sent(told, 1) == "Succeeded"


async def later(told: Told, passed: timedelta) -> None:
    await told.mail.later(passed.total_seconds())


async def test_after_a_bounce_a_send_is_accepted_and_ends_as_suppressed(told: Told) -> None:
    await bounced(told)

    assert await sent(told, 2, JANE.upper()) == "Failed"

    error = (await told.mail.read(numbered(2)))["error"]
    assert error["code"] == "EmailDroppedAllRecipientsSuppressed"
    assert await told.statuses() == ["Bounced", "Suppressed"]
    assert [each["operationId"] for each in await told.mail.accepted()] == [numbered(1)]


async def test_after_a_day_without_an_attempt_the_address_is_mailed_again(told: Told) -> None:
    await bounced(told)

    await later(told, timedelta(hours=24))

    assert await sent(told, 2) == "Succeeded"
    assert await told.statuses() == ["Bounced", "Delivered"]


async def test_each_attempt_leaves_the_address_out_for_longer(told: Told) -> None:
    await bounced(told)
    at = timedelta()
    for level, days in enumerate([1, 2, 4, 7, 14, 14]):
        at += timedelta(days=days) - timedelta(seconds=1)
        await later(told, at)
        assert await sent(told, 10 + level) == "Failed"

    await later(told, at + timedelta(days=14))

    assert await sent(told, 20) == "Succeeded"


async def test_a_second_bounce_lasts_longer_than_the_first(told: Told) -> None:
    await bounced(told)
    await later(told, timedelta(hours=30))
    await told.mail.trap("report_status", addresses=[JANE], status="Bounced", times=1)
    assert await sent(told, 2) == "Succeeded"

    await later(told, timedelta(hours=30 + 47))
    assert await sent(told, 3) == "Failed"


async def test_the_other_recipients_of_a_mail_get_it(told: Told) -> None:
    await bounced(told)

    assert await sent(told, 2, JANE, OTHER) == "Succeeded"

    assert [each["recipient"] for each in await told.mail.accepted()] == [JANE, OTHER]
    assert await told.statuses() == ["Bounced", "Suppressed", "Delivered"]


@pytest.mark.parametrize("status", ["Delivered", "Expanded", "Failed", "FilteredSpam"])
async def test_what_is_no_bounce_leaves_nobody_out(told: Told, status: str) -> None:
    await told.mail.trap("report_status", status=status)
    await sent(told, 1)

    assert await sent(told, 2) == "Succeeded"


async def test_a_bounce_that_is_not_reported_leaves_the_address_out_too(told: Told) -> None:
    await told.mail.trap("reports_off")
    await bounced(told)

    assert await sent(told, 2) == "Failed"


async def test_a_bounce_by_hand_leaves_the_address_out_too(told: Told) -> None:
    await sent(told, 1)
    await told.mail.report("Bounced", numbered(1))

    assert await sent(told, 2) == "Failed"


async def test_with_the_list_off_every_mail_goes_out(told: Told) -> None:
    await told.mail.no_trap("suppression_list")
    await bounced(told)

    assert await sent(told, 2) == "Succeeded"


@pytest.mark.parametrize("trap", ["suppression_list", ""])
async def test_switched_off_the_list_forgets(told: Told, trap: str) -> None:
    await bounced(told)
    await told.mail.no_trap(trap)
    await told.mail.trap("suppression_list")

    assert await sent(told, 2) == "Succeeded"


async def test_switching_all_traps_off_leaves_the_list_on(told: Told) -> None:
    await told.mail.no_trap()
    await bounced(told)

    assert await sent(told, 2) == "Failed"


async def test_the_trap_of_suppressed_addresses_is_reported_too(told: Told) -> None:
    await told.mail.trap("suppressed", addresses=[JANE], answered="status")

    assert await sent(told, 1) == "Failed"

    assert await told.statuses() == ["Suppressed"]
