"""What every Ledger promises of claims: a reminder is one message's, whoever else wants it."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from shared.domain.ids import UserId
from shared.domain.messages import SUPPORT, Change, Partition, State, Successor
from shared.domain.plain_text import MAX_TEXT
from shared.ports.ledger import Ledger
from tests.contract.ledger_scene import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    SUPPORTS,
    TODAYS,
    OnBooks,
    claimed,
    held,
    mail,
    notice_mail,
    report_mail,
    support_mail,
    the_message,
    widest_lines,
)
from tests.support.builders import line, notice, numbered


class ClaimContract(OnBooks):
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
        assert set(await held(ledger)) == {SIX_WEEKS, TODAYS}
        assert set(await held(ledger, SUPPORT)) == {SUPPORTS}

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


class OwnClaimContract(OnBooks):
    async def test_the_same_message_again_is_ones_own(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail())
        assert await ledger.claim(mail()) == first

    async def test_a_message_that_has_moved_on_is_not_claimed_again(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert await ledger.claim(mail()) is None
        assert await the_message(ledger, mail()) == sending

    async def test_a_message_that_was_closed_is_not_claimed_again(self, ledger: Ledger) -> None:
        await claimed(ledger, mail())
        (entry,) = await ledger.open_messages()
        await ledger.close(entry)
        assert await ledger.claim(mail()) is None

    async def test_a_message_of_another_writer_is_left_alone(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail())
        assert await ledger.claim(mail(1, TODAYS, nonce="another")) is None
        assert await the_message(ledger, mail()) == first

    async def test_a_message_id_serves_one_recipient(self, ledger: Ledger) -> None:
        await claimed(ledger, mail())
        elsewhere = mail(1, SUPPORTS, partition=SUPPORT, nonce="another")
        assert await ledger.claim(elsewhere) is None
        assert not (await ledger.of_recipient(SUPPORT)).messages


class ContentContract(OnBooks):
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

    @pytest.mark.parametrize("addresses", [(), ("jane@example.org",), ("a@b.example", "ü@c.de")])
    async def test_the_addresses_that_support_is_told_are_kept(
        self, ledger: Ledger, addresses: tuple[str, ...]
    ) -> None:
        stored = await claimed(ledger, support_mail(1, *addresses))
        (kept,) = (await the_message(ledger, stored)).lines
        assert kept.addresses == addresses

    async def test_when_and_in_which_words_it_was_claimed_is_kept(self, ledger: Ledger) -> None:
        wanted = mail(claimed_at=LATER, edition="7f3a")
        await claimed(ledger, wanted)
        kept = await the_message(ledger, wanted)
        assert (kept.claimed_at, kept.edition) == (LATER, "7f3a")

    async def test_a_notice_is_claimed_as_it_is(self, ledger: Ledger) -> None:
        wanted = notice_mail(1, notice(hint=None, secret=None, by=None, at=LATER))
        stored = await claimed(ledger, wanted)
        assert replace(stored, version="") == wanted
        known = await ledger.of_recipient(PARTITION)
        assert known.messages == {wanted.message_id: stored}
        assert known.claims == {f"{numbered(1)}|created": wanted.message_id}

    async def test_a_notice_is_claimed_once_for_each_recipient(self, ledger: Ledger) -> None:
        await claimed(ledger, notice_mail(1))
        assert await ledger.claim(notice_mail(2)) is None
        await claimed(ledger, notice_mail(3, partition=SUPPORT))

    async def test_creation_deletion_and_reminders_are_claimed_apart(self, ledger: Ledger) -> None:
        created = await claimed(ledger, notice_mail(1))
        deleted = await claimed(ledger, notice_mail(2, notice(change=Change.DELETED)))
        reminder = await claimed(ledger, mail(3))
        assert (await ledger.of_recipient(PARTITION)).messages == {
            each.message_id: each for each in (created, deleted, reminder)
        }
        assert len(await held(ledger)) == 3

    async def test_a_months_report_is_claimed_once_and_comes_back_as_it_was(
        self, ledger: Ledger
    ) -> None:
        wanted = report_mail(1)
        stored = await claimed(ledger, wanted)
        assert replace(stored, version="") == wanted
        assert await ledger.claim(report_mail(2)) is None
        assert await the_message(ledger, wanted) == stored
        assert await held(ledger, SUPPORT) == {"coverage|2026-11": wanted.message_id}

    async def test_another_months_report_and_a_reminder_are_claimed_apart(
        self, ledger: Ledger
    ) -> None:
        await claimed(ledger, report_mail(1))
        await claimed(ledger, report_mail(2, month=date(2026, 12, 1)))
        await claimed(ledger, mail(3, SUPPORTS, partition=SUPPORT))
        assert len(await held(ledger, SUPPORT)) == 3

    async def test_a_report_that_is_void_may_be_claimed_anew(self, ledger: Ledger) -> None:
        stored = await claimed(ledger, report_mail(1))
        assert await ledger.void(stored)
        await claimed(ledger, report_mail(2))
