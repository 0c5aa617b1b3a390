"""A stack of its own, whose hosts may be killed, and days on which much is due."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import httpx
import pytest

from local.azurite import Azurite
from tests.support.stack import Stack, stack
from tests.support.worlds import World, credential

ONE_APPLICATION: Final = 10
"""Managers of one application, each of whom gets one mail a day."""

NAMED: Final = re.compile(r"\* Secret \"(?P<secret>[^\"]+)\"")

A_WEEK: Final = 7

Told = Counter[tuple[str, str, date]]
"""How often a recipient was told of a secret on a day."""


@dataclass(slots=True)
class Crowd:
    """Managers of secrets that have expired: each is due one mail on every day."""

    product: Stack
    world: World

    def begin(self, mails: int) -> None:
        """Load a tenant in which so many mails are due each day."""
        for number in range(mails // ONE_APPLICATION):
            group = self.world.group(*(self.world.user() for _ in range(ONE_APPLICATION)))
            expired = credential(self.product.now(), -1, name=f"Secret {number}")
            self.world.application(group, name=f"Partner-NL-Org{number}-SMC", secrets=[expired])
        self.product.load(self.world)
        # Whatever is posted twice is to be seen twice.
        self.product.dev("DELETE", self.product.email, "traps/dedupe")

    def go_to(self, day: int, clock: time, *hosts: str) -> None:
        """Set every clock to a time of day, so many days from today."""
        now = self.product.now()
        wanted = datetime.combine(now.date() + timedelta(days=day), clock, UTC)
        for part in (self.product.graph, self.product.email, *hosts):
            offset = (wanted - now).total_seconds()
            self.product.dev("POST", part, "clock", {"offsetSeconds": offset})

    def posted(self) -> int:
        """Return how many mails were posted since `forget`."""
        requests = self.product.dev("GET", self.product.email, "requests")["requests"]
        return sum(request["path"] == "/emails:send" for request in requests)

    def forget(self) -> None:
        self.product.dev("DELETE", self.product.email, "requests")

    def expected(self, days: Sequence[int]) -> Told:
        """Return each recipient, secret and day, once."""
        today = self.product.now().date()
        addresses = {user["id"]: user["mail"] for user in self.world.users}
        return Counter(
            (addresses[member], application["passwordCredentials"][0]["displayName"], on)
            for application, group in zip(self.world.applications, self.world.groups, strict=True)
            for member in group["members"]
            for on in (today + timedelta(days=day) for day in days)
        )

    def told(self) -> Told:
        """Return what the mail service has accepted."""
        return Counter(
            (mail["recipient"], secret, datetime.fromisoformat(mail["acceptedAt"]).date())
            for mail in self.product.accepted()
            for secret in NAMED.findall(mail["text"])
        )

    def reports(self) -> Counter[str]:
        """Return how often support got each month's report, by subject."""
        return Counter(
            mail["subject"].partition(":")[0]
            for mail in self.product.accepted()
            if " Client secrets in " in mail["subject"]
        )

    def expected_reports(self, days: Sequence[int]) -> Counter[str]:
        """Return the report of each month in the first week of which a day was lived, once."""
        today = self.product.now().date()
        lived = (today + timedelta(days=day) for day in days)
        return Counter(
            {f"[WMDA] Client secrets in {on:%b} {on.year}": 1 for on in lived if on.day <= A_WEEK}
        )


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with Azurite() as tables, stack(tables.connection_string) as product:
        yield Crowd(product=product, world=product.world())


def fire(host: str) -> int:
    """Fire the timer of a host; return its status, or 0 if it died meanwhile."""
    timer = f"{host}/admin/functions/run_reminders"
    try:
        return httpx.post(timer, json={"input": ""}, timeout=120).status_code
    except httpx.HTTPError:
        return 0
