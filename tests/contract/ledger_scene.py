"""What the suites of the ledger and its neighbours share."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from shared.domain.drafts import MAX_LINES
from shared.domain.ids import ClientId
from shared.domain.messages import (
    SUPPORT,
    Line,
    Message,
    Notice,
    Partition,
    Recipient,
    Successor,
    Unreachable,
)
from shared.domain.reminders import Claim, Stage
from shared.ports.ledger import Ledger, NoticeBook, Retention, Runs, Suppressions
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, USER, line, message, notice, numbered, report

PARTITION = Partition(USER)
SIX_WEEKS = f"{numbered(1)}|sixWeeks"
TODAYS = f"{numbered(1)}|day:{TODAY.isoformat()}"
SUPPORTS = f"{numbered(2)}|threeWeeks|{Unreachable.UNMANAGED}"
LATER = MORNING + timedelta(minutes=1, microseconds=5)
LONGEST_ADDRESS = f"{'j' * 64}@{'o' * 185}.org"
ADDRESSES_IN_A_LINE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All that is remembered of mails, each by its port."""

    ledger: Ledger
    runs: Runs
    suppressions: Suppressions
    notices: NoticeBook
    retention: Retention


class OnBooks:
    """Gives each suite the port that it is about; subclasses' modules give `books`."""

    @pytest.fixture
    def ledger(self, books: Books) -> Ledger:
        return books.ledger

    @pytest.fixture
    def runs(self, books: Books) -> Runs:
        return books.runs

    @pytest.fixture
    def suppressions(self, books: Books) -> Suppressions:
        return books.suppressions

    @pytest.fixture
    def notices(self, books: Books) -> NoticeBook:
        return books.notices


def mail(
    number: int = 1, *claims: str, partition: Partition = PARTITION, **changes: object
) -> Message:
    """Return a mail about these claims, or about SIX_WEEKS."""
    lines = [line(claim) for claim in claims or (SIX_WEEKS,)]
    changes["recipient"] = recipient(partition)
    return message(number, lines=lines, **changes)  # type: ignore[arg-type]  # never a notice


def notice_mail(
    number: int = 1, about: Notice | None = None, *, partition: Partition = PARTITION
) -> Message:
    """Return the mail of a notice."""
    return message(number, notice=about or notice(), recipient=recipient(partition))


def report_mail(number: int = 1, **changes: object) -> Message:
    """Return the mail of a month's report to support."""
    about = report(**changes)
    return replace(
        message(number, notice=notice()), notice=None, report=about, recipient=recipient(SUPPORT)
    )


def recipient(partition: Partition) -> Recipient:
    return Recipient(partition=partition, address="jane.doe@example.org")


def support_mail(number: int, *addresses: str) -> Message:
    """Return a digest to support that names addresses which a reminder did not reach."""
    bounced = f"{numbered(2)}|threeWeeks|{Unreachable.BOUNCED}"
    lines = (line(bounced, unreachable=Unreachable.BOUNCED, addresses=addresses),)
    return replace(mail(number, partition=SUPPORT), lines=lines)


def widest_lines(name: str, hint: str) -> Iterable[Line]:
    """Return as many lines as a mail may have, each with the longest names that it may have."""
    for number in range(MAX_LINES):
        key_id = numbered(0x500 + number)
        yield Line(
            claim=Claim(f"{key_id}|day:{TODAY}|{Unreachable.MEMBERS_UNREACHABLE}"),
            client_id=ClientId(numbered(0x900 + number)),
            application=name,
            secret=name,
            hint=hint,
            ends_at=LATER,
            stage=Stage.THREE_WEEKS,
            successor=Successor(secret=name, hint=hint),
            unreachable=Unreachable.MEMBERS_UNREACHABLE,
            addresses=(LONGEST_ADDRESS,) * ADDRESSES_IN_A_LINE,
        )


async def claimed(ledger: Ledger, wanted: Message) -> Message:
    stored = await ledger.claim(wanted)
    assert stored is not None
    return stored


async def the_message(ledger: Ledger, wanted: Message) -> Message:
    known = await ledger.of_recipient(wanted.recipient.partition)
    return known.messages[wanted.message_id]


async def held(ledger: Ledger, partition: Partition = PARTITION) -> dict[str, str]:
    """Return which message holds each of a recipient's claims."""
    known = await ledger.of_recipient(partition)
    return {str(claim): str(message_id) for claim, message_id in known.claims.items()}
