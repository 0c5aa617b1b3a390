"""What the tests of creating a secret share."""

from shared.ports.secret_store import IntentState
from shared.use_cases.create_secret import CreatedSecret, Wish
from tests.support.builders import (
    CLIENT,
    day,
    numbered,
    principal,
)
from tests.unit.use_cases.conftest import House

WISH = Wish(idempotency_key=numbered(1), display_name="Secret by JD", expires_on=day(100))


async def create(house: House, wish: Wish = WISH) -> CreatedSecret:
    return await house.create(principal(), CLIENT, wish)


def states(house: House) -> list[IntentState]:
    return [intent.state for intent in house.store.intents.values()]
