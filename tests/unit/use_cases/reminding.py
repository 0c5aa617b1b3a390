"""What the tests of the reminder run share."""

from datetime import timedelta

from shared.domain.ids import UserId
from shared.domain.messages import State
from tests.support.builders import (
    numbered,
    secret,
)
from tests.unit.use_cases.conftest import House

DUE = secret(1, days_left=5)
OTHER_USER = UserId(numbered(0xD2))


def told(house: House) -> list[tuple[str, list[int]]]:
    """Return (address, days left of each line) of every accepted mail."""
    return [
        (
            message.recipient.address,
            [(line.ends_at.date() - message.on).days for line in message.lines],
        )
        for message in house.mailer.accepted
    ]


def states(house: House) -> list[State]:
    return [message.state for message in house.ledger.messages.values()]


async def live(house: House, days: int) -> None:
    for _ in range(days):
        await house.run()
        house.clock.move(timedelta(days=1))
