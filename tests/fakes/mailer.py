"""A mail service in memory."""

from asyncio import sleep
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition
from shared.ports.mail import Posted, Posting, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    posted: Posted
    is_taken: bool


_ACCEPTED = _Answer(posted=Posted(posting=Posting.ACCEPTED), is_taken=True)


_REFUSED = _Answer(posted=Posted(posting=Posting.REFUSED_FOR_SENDER), is_taken=False)


class FakeMailer:
    """Accepts every mail, and knows what it accepted, unless it was told otherwise.

    `posts` and `questions` count the requests.
    """

    def __init__(self) -> None:
        self.accepted: list[Message] = []
        self.posts = 0
        self.questions = 0
        self.edition = "1"
        self._answers: deque[_Answer] = deque()
        self._refused: frozenset[Partition] = frozenset()
        self._known: dict[MessageId, Status] = {}
        self._before_post: Callable[[], None] = lambda: None

    def answer_next(
        self, posting: Posting, retry_after: int | None = None, *, is_taken: bool = False
    ) -> None:
        """Let the next post come to this; UNKNOWN loses the mail too, unless it `is_taken`."""
        self._answers.append(
            _Answer(
                posted=Posted(posting=posting, retry_after=retry_after),
                is_taken=is_taken or posting is Posting.ACCEPTED,
            )
        )

    def refuse_for(self, partitions: Collection[Partition]) -> None:
        """Refuse every mail to these, and none to anybody else, as a sender's fault."""
        self._refused = frozenset(partitions)

    def knows(self, message_id: MessageId, status: Status) -> None:
        """Let every question for a message be answered so."""
        self._known[message_id] = status

    def before_post(self, happen: Callable[[], None]) -> None:
        """Let something happen whenever a mail is about to be posted."""
        self._before_post = happen

    async def post(self, message: Message) -> Posted:
        answer = self._answers.popleft() if self._answers else _ACCEPTED
        if message.recipient.partition in self._refused:
            answer = _REFUSED
        if answer.posted.posting is Posting.UNWRITTEN:
            return answer.posted
        self.posts += 1
        self._before_post()
        await sleep(0)
        if answer.is_taken:
            self.accepted.append(message)
        return answer.posted

    async def status(self, message_id: MessageId) -> Status:
        self.questions += 1
        await sleep(0)
        if message_id in self._known:
            return self._known[message_id]
        taken = any(each.message_id == message_id for each in self.accepted)
        return Status.TAKEN if taken else Status.DENIED
