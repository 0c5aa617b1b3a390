"""What never may happen, judged on the directory's truth: the product is not asked."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.domain.applications import Application
from shared.domain.ids import ClientId, KeyId
from shared.domain.secrets import MAX_SECRETS, ClientSecret, SecretValue
from shared.ports.secret_store import Outcome
from shared.use_cases.create_secret import CreatedSecret
from shared.use_cases.list_applications import Listing
from tests.simulation.credentials.character import MOST_SKEW
from tests.simulation.credentials.tenant import Act, By, Tenant, Writing

LAG = timedelta(minutes=10)
"""So far a read may be behind."""

CLOCKS = timedelta(seconds=2 * MOST_SKEW)
"""By so much two clocks differ at most."""


Place = tuple[ClientId, KeyId]
"""A secret of one application: a key id may be asked for at another one, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that was broken."""

    rule: str
    at: datetime
    what: str

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S.%f} [{self.rule}] {self.what}"


@dataclass(slots=True)
class Known:
    """What the observer has seen of a secret that the portal made."""

    act: Act
    client_id: ClientId
    value: SecretValue | None
    revealed_at: datetime | None = None
    is_cleaned: bool = False
    """Recovery has removed it."""


@dataclass(slots=True)
class Observer:
    """Sees every effect and every answer."""

    tenant: Tenant
    now: Callable[[], datetime]
    violations: list[Violation] = field(default_factory=list)
    known: dict[KeyId, Known] = field(default_factory=dict)
    removing: set[Place] = field(default_factory=set)
    """Somebody has asked for these to be removed."""
    gone: dict[Place, datetime] = field(default_factory=dict)
    """Of these somebody was told that they are gone."""
    deleted_at: dict[Place, datetime] = field(default_factory=dict)
    """These the portal has deleted, and said so."""
    counts: Counter[str] = field(default_factory=Counter)

    def violate(self, rule: str, what: str) -> None:
        self.violations.append(Violation(rule=rule, at=self.now(), what=what))

    # What happens in the directory

    def asks(self, seen: Application | None) -> None:
        """See a secret about to be added: the limit holds for what its request has read."""
        live = [each for each in seen.secrets if not each.is_expired(self.now())] if seen else []
        if seen is None or len(live) >= MAX_SECRETS:
            self.violate("limit", f"added to an application with {len(live)} live secrets")

    def changes(self, writing: Writing, before: Application, after: Application) -> None:
        was = {each.key_id for each in before.secrets}
        is_now = {each.key_id for each in after.secrets}
        self._overwritten(after.client_id, was - is_now - {writing.removes}, is_now - was)
        if writing.issued is not None and writing.adds is not None:
            self._added(writing, writing.adds, is_now)
        elif writing.removes in was:
            self._removed(writing, before, after)

    def _overwritten(
        self, client_id: ClientId, lost: Iterable[KeyId | None], back: Iterable[KeyId]
    ) -> None:
        for key_id in lost:
            known = self.known.get(key_id) if key_id else None
            if known is not None and known.revealed_at is not None:
                self.violate("lost", f"{key_id} was revealed, and another write undid it")
        for key_id in back:
            if (client_id, key_id) in self.gone:
                self.violate("gone", f"{key_id} was deleted, and another write undid that")

    def _added(self, writing: Writing, secret: ClientSecret, live: set[KeyId]) -> None:
        act = writing.act
        value = writing.issued.value if writing.issued else None
        self.known[secret.key_id] = Known(act=act, client_id=writing.client_id, value=value)
        same = [
            key_id
            for key_id in live
            if key_id in self.known
            and (self.known[key_id].act.user, self.known[key_id].act.key) == (act.user, act.key)
        ]
        if len(same) > 1:
            self.violate("once", f"one key has made {' and '.join(sorted(same))}")
        self.counts["added"] += 1

    def _removed(self, writing: Writing, before: Application, after: Application) -> None:
        key_id = writing.removes or KeyId("")
        known, now = self.known.get(key_id), self.now()
        if writing.act.by is By.RECOVERY:
            self.counts["cleaned"] += 1
            if known is None or known.revealed_at is not None:
                self.violate("revealed", f"recovery has removed {key_id}")
            else:
                known.is_cleaned = True
            return
        self.counts["removed"] += 1
        # Whoever judged this has a clock of its own: it may have seen others begin already.
        others = (each for each in after.secrets if each.is_valid(now + CLOCKS))
        was_valid = any(each.key_id == key_id and each.is_valid(now) for each in before.secrets)
        is_last = was_valid and not any(others)
        outside = self.tenant.outside.get(after.client_id)
        excused = outside is not None and now - outside < LAG
        if is_last and not writing.act.confirmed and not excused:
            self.violate("last", f"{key_id} was the last valid secret, and nobody confirmed that")

    # What users are told

    def created(self, client_id: ClientId, made: CreatedSecret) -> None:
        """See a 201."""
        key_id = made.secret.key_id
        known = self.known.get(key_id)
        self.counts["revealed"] += 1
        if known is None or known.value is not made.value:
            self.violate("lost", f"{key_id} was revealed, and never was in the directory")
            return
        if known.revealed_at is not None:
            self.violate("once", f"the value of {key_id} was revealed twice")
        if known.is_cleaned:
            self.violate("revealed", f"recovery has removed {key_id} before it was revealed")
        elif not self.tenant.holds(client_id, key_id) and (client_id, key_id) not in self.removing:
            self.violate("lost", f"{key_id} was revealed, and is not there")
        known.revealed_at = self.now()

    def deleted(self, client_id: ClientId, key_id: KeyId, outcome: Outcome) -> None:
        """See a 204."""
        self.counts[outcome] += 1
        if not self.tenant.holds(client_id, key_id):
            self.gone.setdefault((client_id, key_id), self.now())
            if outcome is Outcome.DELETED:
                self.deleted_at.setdefault((client_id, key_id), self.now())
            return
        known = self.known.get(key_id)
        made_at = self.tenant.made_at.get(key_id)
        is_old = made_at is None or self.now() - made_at > LAG
        if outcome is Outcome.DELETED or is_old or (known is not None and known.revealed_at):
            self.violate("gone", f"{key_id} is {outcome}, and it is still there")

    def listed(self, listing: Listing, since: datetime) -> None:
        """See a list that was asked for at `since`."""
        self.counts["listed"] += 1
        shown = {
            (application.application.client_id, each.secret.key_id)
            for application in listing.applications
            for each in application.secrets
        }
        theirs = {each.application.client_id for each in listing.applications}
        for key_id, known in self.known.items():
            place = (known.client_id, key_id)
            told = known.revealed_at is not None and known.revealed_at <= since
            if told and known.client_id in theirs and place not in self.removing | shown:
                self.violate("listed", f"{key_id} was made, and is not listed")
        for place in sorted(shown & self.deleted_at.keys()):
            if self.deleted_at[place] <= since:
                self.violate("listed", f"{place[1]} was deleted, and is listed")
