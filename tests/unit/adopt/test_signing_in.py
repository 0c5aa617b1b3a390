"""A token is asked for once, and again before it ends."""

from datetime import timedelta
from typing import Any

from azure.core.credentials import AccessToken

from infra.adopt.signing_in import MARGIN, Kept
from tests.fakes.system import MORNING, FakeClock


class Counting:
    """A credential whose tokens last an hour, and say which they are."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.asked = 0

    async def get_token(self, *_: str, **__: Any) -> AccessToken:  # noqa: ANN401 - the vendor's
        self.asked += 1
        return AccessToken(str(self.asked), int(self._clock.now().timestamp()) + 3600)

    async def close(self) -> None:
        """Nothing is held."""

    async def __aenter__(self) -> "Counting":  # noqa: PYI034 - as the vendor's protocol has it
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held."""


async def test_one_token_serves_until_shortly_before_it_ends() -> None:
    clock = FakeClock(MORNING)
    credential = Counting(clock)
    kept = Kept(credential, clock)
    tokens = []
    for wait in (timedelta(), timedelta(minutes=54), timedelta(minutes=1)):
        clock.move(wait)
        tokens.append((await kept.get_token("scope")).token)
    assert tokens == ["1", "1", "2"]
    assert timedelta(minutes=5) == MARGIN
