"""What every Ledger promises of its index: from an id to the message, and what is still open."""

from shared.domain.ids import MessageId
from shared.domain.messages import SUPPORT, State
from shared.ports.ledger import Ledger
from tests.contract.ledger_scene import (
    LATER,
    PARTITION,
    SUPPORTS,
    TODAYS,
    OnBooks,
    claimed,
    mail,
    notice_mail,
)
from tests.fakes.system import MORNING
from tests.support.builders import numbered


async def open_ids(ledger: Ledger) -> set[MessageId]:
    return {entry.message_id for entry in await ledger.open_messages()}


class IndexContract(OnBooks):
    async def test_a_message_is_found_by_its_id(self, ledger: Ledger) -> None:
        first = await claimed(ledger, mail(1))
        support = await claimed(ledger, mail(2, SUPPORTS, partition=SUPPORT))
        notice = await claimed(ledger, notice_mail(3))
        for each in (first, support, notice):
            assert await ledger.message(each.message_id) == each

    async def test_a_message_is_found_as_it_stands(self, ledger: Ledger) -> None:
        accepted = await ledger.advance(await claimed(ledger, mail()), State.ACCEPTED)
        assert await ledger.message(mail().message_id) == accepted

    async def test_an_unknown_id_finds_nothing(self, ledger: Ledger) -> None:
        assert await ledger.message(MessageId(numbered(0xFFFF))) is None

    async def test_a_message_that_was_refused_is_not_found(self, ledger: Ledger) -> None:
        await claimed(ledger, mail(1))
        await ledger.claim(mail(2))
        assert await ledger.message(mail(2).message_id) is None

    async def test_nothing_is_open_at_first(self, ledger: Ledger) -> None:
        assert list(await ledger.open_messages()) == []

    async def test_a_message_is_open_until_it_is_final(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail())
        assert await open_ids(ledger) == {ready.message_id}
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert sending is not None
        assert await open_ids(ledger) == {ready.message_id}
        await ledger.advance(sending, State.ACCEPTED)
        assert await open_ids(ledger) == set()

    async def test_an_entry_says_whose_it_is_and_since_when(self, ledger: Ledger) -> None:
        await claimed(ledger, mail(1, claimed_at=LATER))
        await claimed(ledger, mail(2, SUPPORTS, partition=SUPPORT))
        found = {each.partition: each for each in await ledger.open_messages()}
        assert (found[PARTITION].message_id, found[PARTITION].claimed_at) == (
            mail(1).message_id,
            LATER,
        )
        assert (found[SUPPORT].message_id, found[SUPPORT].claimed_at) == (
            mail(2).message_id,
            MORNING,
        )

    async def test_a_void_message_is_not_open(self, ledger: Ledger) -> None:
        other = await claimed(ledger, mail(2, TODAYS))
        await ledger.void(await claimed(ledger, mail(1)))
        assert await open_ids(ledger) == {other.message_id}

    async def test_a_final_message_that_moves_on_stays_closed(self, ledger: Ledger) -> None:
        uncertain = await ledger.advance(await claimed(ledger, mail()), State.UNCERTAIN)
        assert uncertain is not None
        assert await ledger.advance(uncertain, State.DELIVERED) is not None
        assert await open_ids(ledger) == set()

    async def test_what_is_closed_is_found_by_its_id_still(self, ledger: Ledger) -> None:
        ready = await claimed(ledger, mail(1))
        other = await claimed(ledger, mail(2, TODAYS))
        (entry,) = [e for e in await ledger.open_messages() if e.message_id == ready.message_id]
        await ledger.close(entry)
        assert await open_ids(ledger) == {other.message_id}
        assert await ledger.message(ready.message_id) == ready

    async def test_an_entry_may_be_closed_twice(self, ledger: Ledger) -> None:
        await claimed(ledger, mail())
        (entry,) = await ledger.open_messages()
        await ledger.close(entry)
        await ledger.close(entry)
        assert await open_ids(ledger) == set()
