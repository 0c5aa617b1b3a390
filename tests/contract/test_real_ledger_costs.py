"""What the table adapter costs, in requests; and when it closes its index."""

from shared.adapters.table_ledger import CLOSED_TOGETHER, TableLedger
from shared.domain.messages import Message, Partition, State
from shared.ports.ledger import Ledger
from tests.contract.ledger_scene import LATER, Books, claimed, mail
from tests.contract.table_books import REMINDERS, OnTable
from tests.support.builders import numbered
from tests.support.tables import Service


async def index(service: Service) -> dict[str, bool]:
    """Return what the index says of each message, read past the product."""
    rows = await service.rows(REMINDERS, "PartitionKey eq 'message'")
    return {row["RowKey"]: row["open"] for row in rows}


async def sent(ledger: Ledger, wanted: Message) -> Message:
    ready = await claimed(ledger, wanted)
    sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
    assert sending is not None
    accepted = await ledger.advance(sending, State.ACCEPTED)
    assert accepted is not None
    return accepted


async def ended(books: Books) -> None:
    """Let the process end."""
    assert isinstance(books.ledger, TableLedger)
    await books.ledger.aclose()


class TestCosts(OnTable):
    async def test_fifty_mails_cost_five_operations_each_and_three_to_close(
        self, books: Books, service: Service
    ) -> None:
        for number in range(50):
            partition = Partition(numbered(0x4000 + number))
            claims = [f"{numbered(each)}|sixWeeks" for each in range(20)]
            await books.ledger.of_recipient(partition)
            await sent(books.ledger, mail(number, *claims, partition=partition))
        await ended(books)
        assert len(service.transport.requests) == 50 * 5 + 3

    async def test_a_message_is_found_by_two_requests(self, books: Books, service: Service) -> None:
        await claimed(books.ledger, mail())
        service.transport.requests.clear()
        assert await books.ledger.message(mail().message_id) is not None
        assert len(service.transport.requests) == 2

    async def test_a_void_message_costs_one_operation(self, books: Books, service: Service) -> None:
        ready = await claimed(books.ledger, mail())
        service.transport.requests.clear()
        assert await books.ledger.void(ready)
        assert service.transport.requests == ["POST $batch"]

    async def test_a_report_on_a_final_message_costs_one_operation(
        self, books: Books, service: Service
    ) -> None:
        accepted = await sent(books.ledger, mail())
        await ended(books)
        service.transport.requests.clear()
        assert await books.ledger.advance(accepted, State.DELIVERED) is not None
        await ended(books)
        assert len(service.transport.requests) == 1


class TestIndex(OnTable):
    async def test_a_refused_claim_leaves_no_index_row(
        self, books: Books, service: Service
    ) -> None:
        first = await claimed(books.ledger, mail(1))
        assert await books.ledger.claim(mail(2)) is None
        assert await index(service) == {first.message_id: True}

    async def test_final_messages_are_closed_together_at_the_end(
        self, books: Books, service: Service
    ) -> None:
        mails = [mail(number, f"{numbered(number)}|sixWeeks") for number in range(3)]
        for each in mails[:2]:
            await sent(books.ledger, each)
        await books.ledger.void(await claimed(books.ledger, mails[2]))
        assert set((await index(service)).values()) == {True}
        service.transport.requests.clear()
        await ended(books)
        assert service.transport.requests == ["POST $batch"]
        assert await index(service) == {each.message_id: False for each in mails}

    async def test_final_messages_are_closed_when_many_wait_for_it(
        self, books: Books, service: Service
    ) -> None:
        for number in range(CLOSED_TOGETHER + 1):
            await sent(books.ledger, mail(number, f"{numbered(number)}|sixWeeks"))
        assert list((await index(service)).values()).count(True) == 1

    async def test_final_messages_are_closed_before_the_open_ones_are_told(
        self, books: Books, service: Service
    ) -> None:
        await sent(books.ledger, mail())
        service.transport.requests.clear()
        assert list(await books.ledger.open_messages()) == []
        assert service.transport.requests == ["POST $batch", "GET reminders()"]

    async def test_messages_that_are_not_final_stay_open(
        self, books: Books, service: Service
    ) -> None:
        ready = await claimed(books.ledger, mail())
        await books.ledger.advance(ready, State.SENDING, posted_at=LATER)
        await ended(books)
        assert await index(service) == {ready.message_id: True}
