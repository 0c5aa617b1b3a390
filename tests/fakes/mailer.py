"""A mail service in memory."""

from asyncio import sleep
from collections import deque
from collections.abc import Callable

from shared.domain.messages import Message
from shared.ports.ledger import Posting


class FakeMailer:
    """Accepts every mail, unless it was told to answer otherwise. `posts` counts the attempts."""

    def __init__(self) -> None:
        self.accepted: list[Message] = []
        self.posts = 0
        self._answers: deque[Posting] = deque()
        self._before_post: Callable[[], None] = lambda: None

    def answer_next(self, posting: Posting) -> None:
        """Let the next post come to this; UNKNOWN loses the mail as well as the answer."""
        self._answers.append(posting)

    def before_post(self, happen: Callable[[], None]) -> None:
        """Let something happen whenever a mail is about to be posted."""
        self._before_post = happen

    async def post(self, message: Message) -> Posting:
        self.posts += 1
        self._before_post()
        await sleep(0)
        posting = self._answers.popleft() if self._answers else Posting.ACCEPTED
        if posting is Posting.ACCEPTED:
            self.accepted.append(message)
        return posting
