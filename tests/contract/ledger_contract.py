"""What every Ledger promises."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.ids import ClientId, UserId
from shared.domain.messages import (
    MAX_LINES,
    MAX_TEXT,
    SUPPORT,
    Line,
    Message,
    Partition,
    Recipient,
    State,
    Successor,
    Unreachable,
)
from shared.domain.reminders import Claim, Stage
from shared.ports.ledger import Ledger
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, USER, day, line, message, numbered

PARTITION = Partition(USER)
SIX_WEEKS = f"{numbered(1)}|sixWeeks"
TODAYS = f"{numbered(1)}|day:{TODAY.isoformat()}"
SUPPORTS = f"{numbered(2)}|threeWeeks|{Unreachable.UNMANAGED}"
LATER = MORNING + timedelta(minutes=1, microseconds=5)


def mail(number: int = 1, *claims: str, partition: Partition = PARTITION) -> Message:
    lines = [line(claim) for claim in claims or (SIX_WEEKS,)]
    recipient = Recipient(partition=partition, address="jane.doe@example.org")
    return replace(message(number, lines=lines), recipient=recipient)


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
        )


async def claimed(ledger: Ledger, wanted: Message) -> Message:
    stored = await ledger.claim(wanted)
    assert stored is not None
    return stored


async def the_message(ledger: Ledger, wanted: Message) -> Message:
    known = await ledger.of_recipient(wanted.recipient.partition)
    return known.messages[wanted.message_id]


class ClaimContract:
    async def test_nobody_has_been_claimed_for_at_first(self, ledger: Ledger) -> None:
        known = await ledger.of_recipient(PARTITION)
        assert (dict(known.claims), dict(known.messages)) == ({}, {})

    async def test_a_claim_records_the_message_with_its_claims(self, ledger: Ledger) -> None:
        wanted = mail(1, SIX_WEEKS, TODAYS)
        stored = await claimed(ledger, wanted)
        assert stored.version
        assert replace(stored, version="") == wanted
        known = await ledger.of_recipient(PARTITION)
        assert known.messages == {wanted.message_id: stored}
        assert known.claims == {SIX_WEEKS: wanted.message_id, TODAYS: wanted.message_id}

    async def test_what_is_claimed_is_not_claimed_again(self, ledger: Ledger) -> None:
        await claimed(ledger, mail(1))
        assert await ledger.claim(mail(2)) is None

    async def test_one_claim_of_somebody_elses_refuses_all(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail(1, SIX_WEEKS))
        assert await ledger.claim(mail(2, TODAYS, SIX_WEEKS)) is None
        known = await ledger.of_recipient(PARTITION)
        assert known.claims == {SIX_WEEKS: first.message_id}
        assert known.messages == {first.message_id: first}
        await claimed(ledger, mail(3, TODAYS))

    async def test_other_stages_and_other_recipients_are_claimed_apart(
        self, ledger: Ledger
    ) -> None:
        await claimed(ledger, mail(1, SIX_WEEKS))
        await claimed(ledger, mail(2, TODAYS))
        await claimed(ledger, mail(3, SIX_WEEKS, partition=Partition(UserId(numbered(0xD2)))))
        await claimed(ledger, mail(4, SUPPORTS, partition=SUPPORT))
        assert set((await ledger.of_recipient(PARTITION)).claims) == {SIX_WEEKS, TODAYS}
        assert set((await ledger.of_recipient(SUPPORT)).claims) == {SUPPORTS}

    async def test_of_many_claims_at_once_one_wins(self, ledger: Ledger) -> None:
        wanted = [mail(number, SIX_WEEKS, TODAYS) for number in range(1, 9)]
        stored = await asyncio.gather(*(ledger.claim(each) for each in wanted))
        (winner,) = [each for each in stored if each is not None]
        known = await ledger.of_recipient(PARTITION)
        assert known.messages == {winner.message_id: winner}
        assert set(known.claims.values()) == {winner.message_id}

    async def test_overlapping_claims_at_once_never_share_a_reminder(self, ledger: Ledger) -> None:
        stages = [f"{numbered(number)}|sixWeeks" for number in range(6)]
        wanted = [mail(number, *stages[number : number + 2]) for number in range(5)]
        stored = await asyncio.gather(*(ledger.claim(each) for each in wanted))
        winners = {each.message_id: each for each in stored if each is not None}
        known = await ledger.of_recipient(PARTITION)
        assert known.messages == winners
        assert len(known.claims) == sum(len(each.claims) for each in winners.values())

    async def test_the_same_message_again_is_ones_own(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail())
        assert await ledger.claim(mail()) == first

    async def test_a_message_that_has_moved_on_is_not_claimed_again(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert await ledger.claim(mail()) is None
        assert await the_message(ledger, mail()) == sending

    async def test_a_message_of_another_writer_is_left_alone(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail())
        assert await ledger.claim(replace(mail(1, TODAYS), nonce="another")) is None
        assert await the_message(ledger, mail()) == first

    async def test_a_message_id_serves_one_recipient(self, ledger: Ledger) -> None:
        await claimed(ledger, mail())
        elsewhere = replace(mail(1, SUPPORTS, partition=SUPPORT), nonce="another")
        assert await ledger.claim(elsewhere) is None
        assert not (await ledger.of_recipient(SUPPORT)).messages

    @pytest.mark.parametrize("name", ["W" * MAX_TEXT, "😀" * MAX_TEXT, '"' * MAX_TEXT])
    async def test_the_widest_mail_is_kept_as_it_is(self, ledger: Ledger, name: str) -> None:
        wanted = replace(mail(), lines=tuple(widest_lines(name, hint=name)))
        stored = await claimed(ledger, wanted)
        assert replace(stored, version="") == wanted
        assert await the_message(ledger, wanted) == stored

    async def test_what_a_name_lacks_stays_absent(self, ledger: Ledger) -> None:
        bare = line(SIX_WEEKS, secret=None, hint=None, successor=Successor(secret=None, hint=None))
        stored = await claimed(ledger, replace(mail(), lines=(bare,)))
        assert (await the_message(ledger, stored)).lines == (bare,)


class AdvanceContract:
    async def test_a_message_goes_from_ready_to_delivered(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert sending is not None
        assert (sending.state, sending.posted_at, sending.attempts) == (State.SENDING, LATER, 1)
        accepted = await ledger.advance(sending, State.ACCEPTED)
        assert accepted is not None
        assert (accepted.state, accepted.posted_at, accepted.attempts) == (
            State.ACCEPTED,
            LATER,
            1,
        )
        delivered = await ledger.advance(accepted, State.DELIVERED)
        assert delivered == await the_message(ledger, mail())
        assert len({each.version for each in (ready, sending, accepted)}) == 3

    async def test_advancing_changes_nothing_of_what_is_said(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        failed = await ledger.advance(ready, State.FAILED)
        assert failed is not None
        same = {"state": ready.state, "nonce": ready.nonce, "version": ready.version}
        assert replace(failed, **same) == ready  # type: ignore[arg-type]  # one dict of three types
        assert len((await ledger.of_recipient(PARTITION)).claims) == 2

    async def test_a_second_attempt_counts_and_has_its_own_time(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=MORNING)
        assert sending is not None
        again = await ledger.advance(sending, State.READY)
        assert again is not None
        assert (again.posted_at, again.attempts) == (MORNING, 1)
        sending = await ledger.advance(again, State.SENDING, posted_at=LATER)
        assert sending is not None
        assert (sending.posted_at, sending.attempts) == (LATER, 2)

    async def test_a_message_advances_from_what_was_read(self, ledger: Ledger) -> None:
        await claimed(ledger, mail())
        read = await the_message(ledger, mail())
        assert await ledger.advance(read, State.SENDING, posted_at=LATER) is not None

    async def test_a_message_that_was_read_before_a_change_does_not_advance(
        self, ledger: Ledger
    ) -> None:
        ready = await claimed(ledger, mail())
        accepted = await ledger.advance(ready, State.ACCEPTED)
        assert await ledger.advance(ready, State.SENDING, posted_at=LATER) is None
        assert await the_message(ledger, mail()) == accepted

    async def test_a_message_that_was_never_claimed_does_not_advance(self, ledger: Ledger) -> None:
        version = (await claimed(ledger, mail())).version
        unknown = replace(mail(2, TODAYS), version=version)
        assert await ledger.advance(unknown, State.SENDING, posted_at=LATER) is None

    async def test_of_many_advances_at_once_one_wins(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        advanced = await asyncio.gather(
            *(ledger.advance(ready, State.SENDING, posted_at=LATER) for _ in range(8))
        )
        (winner,) = [each for each in advanced if each is not None]
        assert await the_message(ledger, mail()) == winner
        assert winner.attempts == 1


class RunContract:
    async def test_a_day_is_complete_once_it_is_said_to_be(self, ledger: Ledger) -> None:
        assert not await ledger.is_complete(TODAY)
        await ledger.complete(TODAY, managed=500, at=MORNING)
        assert await ledger.is_complete(TODAY)
        assert not await ledger.is_complete(day(1))
        assert not await ledger.is_complete(day(-1))

    async def test_a_day_may_be_completed_twice(self, ledger: Ledger) -> None:
        await ledger.complete(TODAY, managed=500, at=MORNING)
        await ledger.complete(TODAY, managed=1, at=LATER)
        assert await ledger.is_complete(TODAY)

    async def test_a_day_may_be_completed_by_many_at_once(self, ledger: Ledger) -> None:
        await asyncio.gather(*(ledger.complete(TODAY, managed=500, at=MORNING) for _ in range(4)))
        assert await ledger.is_complete(TODAY)


class LedgerContract(ClaimContract, AdvanceContract, RunContract):
    """All of it."""
