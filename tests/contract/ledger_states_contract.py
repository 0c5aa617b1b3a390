"""What every Ledger promises of a message's states: nobody moves what somebody else has moved."""

import asyncio
from dataclasses import replace

import pytest

from shared.domain.messages import Change, Message, State
from shared.ports.ledger import Ledger
from tests.contract.ledger_scene import (
    LATER,
    SIX_WEEKS,
    TODAYS,
    OnBooks,
    claimed,
    held,
    mail,
    notice_mail,
    the_message,
)
from tests.fakes.system import MORNING
from tests.support.builders import notice

FINAL = [state for state in State if state.is_final]


class AdvanceContract(OnBooks):
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

    @pytest.mark.parametrize("wanted", [mail(1, SIX_WEEKS, TODAYS), notice_mail(1)])
    async def test_advancing_changes_nothing_of_what_is_said(
        self, ledger: Ledger, wanted: Message
    ) -> None:
        ready = await claimed(ledger, wanted)
        failed = await ledger.advance(ready, State.FAILED)
        assert failed is not None
        same = {"state": ready.state, "nonce": ready.nonce, "version": ready.version}
        assert replace(failed, **same) == ready  # type: ignore[arg-type]  # one dict of three types
        assert set(await held(ledger)) == wanted.claims

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
        unknown = mail(2, TODAYS, version=version)
        assert await ledger.advance(unknown, State.SENDING, posted_at=LATER) is None

    async def test_of_many_advances_at_once_one_wins(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        advanced = await asyncio.gather(
            *(ledger.advance(ready, State.SENDING, posted_at=LATER) for _ in range(8))
        )
        (winner,) = [each for each in advanced if each is not None]
        assert await the_message(ledger, mail()) == winner
        assert winner.attempts == 1


class VoidContract(OnBooks):
    async def test_what_a_void_message_claimed_may_be_claimed_anew(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        assert await ledger.void(ready) is True
        void = await the_message(ledger, ready)
        assert (void.state, void.lines, void.on) == (State.VOID, ready.lines, ready.on)
        assert await held(ledger) == {}
        anew = await claimed(ledger, mail(2, SIX_WEEKS))
        assert await held(ledger) == {SIX_WEEKS: anew.message_id}

    async def test_a_void_message_releases_its_own_claims_alone(self, ledger: Ledger) -> None:
        other = await claimed(ledger, mail(2, TODAYS))
        noticed = await claimed(ledger, notice_mail(3))
        assert await ledger.void(await claimed(ledger, mail(1)))
        assert set((await held(ledger)).values()) == {other.message_id, noticed.message_id}

    async def test_a_void_notice_releases_its_claim(self, ledger: Ledger) -> None:
        deleted = await claimed(ledger, notice_mail(2, notice(change=Change.DELETED)))
        assert await ledger.void(await claimed(ledger, notice_mail(1)))
        assert set((await held(ledger)).values()) == {deleted.message_id}

    async def test_a_message_that_was_posted_may_be_voided(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert sending is not None
        assert await ledger.void(sending) is True
        void = await the_message(ledger, ready)
        assert (void.state, void.posted_at, void.attempts) == (State.VOID, LATER, 1)

    async def test_a_message_that_changed_since_is_not_voided(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert await ledger.void(ready) is False
        assert await the_message(ledger, ready) == sending
        assert await held(ledger) == {SIX_WEEKS: ready.message_id}

    async def test_a_message_that_was_never_claimed_is_not_voided(self, ledger: Ledger) -> None:
        version = (await claimed(ledger, mail())).version
        assert await ledger.void(mail(2, SIX_WEEKS, version=version)) is False
        assert set(await held(ledger)) == {SIX_WEEKS}

    @pytest.mark.parametrize("state", FINAL)
    async def test_what_is_final_is_not_voided(self, ledger: Ledger, state: State) -> None:
        final = await ledger.advance(await claimed(ledger, mail()), state)
        assert final is not None
        assert await ledger.void(final) is False
        assert await the_message(ledger, final) == final
        assert await held(ledger) == {SIX_WEEKS: final.message_id}

    async def test_a_second_void_releases_nothing_of_the_next_message(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1))
        assert await ledger.void(ready) is True
        await claimed(ledger, mail(2))
        assert await ledger.void(ready) is False
        assert await ledger.void(await the_message(ledger, ready)) is False
        assert await held(ledger) == {SIX_WEEKS: mail(2).message_id}

    async def test_a_void_message_does_not_advance_from_what_was_read_before(
        self, ledger: Ledger
    ) -> None:
        ready = await claimed(ledger, mail())
        assert await ledger.void(ready)
        assert await ledger.advance(ready, State.SENDING, posted_at=LATER) is None

    async def test_of_many_voids_at_once_one_wins(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        voided = await asyncio.gather(*(ledger.void(ready) for _ in range(8)))
        assert sorted(voided) == [False] * 7 + [True]
        assert (await the_message(ledger, ready)).state is State.VOID
        assert await held(ledger) == {}

    async def test_a_message_is_voided_or_sent_never_both(self, ledger: Ledger) -> None:
        for number in range(6):
            ready = await claimed(ledger, mail(number, f"{number}|sixWeeks", f"{number}|day"))
            sent, *voided = await asyncio.gather(
                ledger.advance(ready, State.SENDING, posted_at=LATER),
                ledger.void(ready),
                ledger.void(ready),
            )
            stored = await the_message(ledger, ready)
            claims = [each for each in await held(ledger) if each.startswith(f"{number}|")]
            assert voided.count(True) == (0 if sent else 1)
            assert stored.state is (State.SENDING if sent else State.VOID)
            assert len(claims) == (2 if sent else 0)

    async def test_a_claim_that_waits_for_a_void_gets_all_or_nothing(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        wanted = [mail(number, SIX_WEEKS, TODAYS) for number in range(2, 8)]
        voided, stored = await asyncio.gather(
            ledger.void(ready), asyncio.gather(*map(ledger.claim, wanted))
        )
        winners = [each.message_id for each in stored if each is not None]
        assert voided is True
        assert len(winners) <= 1
        assert sorted((await held(ledger)).values()) == sorted(winners * 2)
