"""What must hold once the services are well again, and the timer has fired twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.ids import ClientId
from tests.simulation import oracle
from tests.simulation.house import Services
from tests.simulation.ledger_view import UNDELIVERED, LedgerView, ledger_view
from tests.simulation.observer import LONGEST_FIRING, MAX_AGE, Observer
from tests.simulation.oracle import SUPPORT, Owed
from tests.simulation.world import Snapshot

UNDELIVERED_REASONS = ("bounced", "failed", "uncertain")

HORIZON = timedelta(hours=23)
"""A mail is not given up on earlier than that."""

CLOCKS = timedelta(minutes=10)
"""By so much the clocks of two processes may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """The state of things after the last firing of a calm evening."""

    services: Services
    now: datetime
    since: datetime
    """When the first of the calm firings began."""
    last: datetime
    """When the last of them began: what was refused or reported since is told by another one."""

    def judge(self) -> None:
        """Tell the observer of everything that was missed, and of whatever is left over."""
        services, view = self.services, ledger_view(self.services.store)
        observer, earliest = services.observer, self._earliest(view)
        # What became due by the time of day alone, after the day's evaluation, is another day's.
        morning = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        since = {each.claim for each in oracle.owed(services.world.now, max(earliest, morning))}
        # Nor is what was replaced when the day was evaluated, and is not any more.
        done = view.complete_days.get(self.now.date().isoformat(), self.now)
        since &= {each.claim for each in oracle.owed(services.world.now, done)}
        for owed in oracle.owed(services.world.now, self.now):
            is_steady = services.world.is_steady(owed.client_id, earliest, self.now)
            if is_steady and owed.claim in since:
                for missed in _missed(owed, view, observer, self.last):
                    observer.violate("missed", missed)
        # What is claimed by one firing while another one completes the day is the next day's.
        is_complete = self.now.date().isoformat() in view.complete_days
        unfinished = [] if is_complete else view.unfinished.values()
        for blamed in self._blamed(view):
            observer.violate("blamed", blamed)
        for left in [*unfinished, *view.orphans, *_torn(view, observer)]:
            observer.violate("left over", left)

    def judge_backlog(self) -> None:
        """Tell of work that a whole day without a fault has not done."""
        view = ledger_view(self.services.store)
        observer = self.services.observer
        today = self.now.date().isoformat()
        for entry, day in sorted(view.open_entries.items()):
            if day < today:
                observer.violate("backlog", f"an entry of {entry} is open since {day}")
        for left in view.unfinished.values():
            observer.violate("left over", left)
        if view.owed_notices:
            observer.violate("backlog", f"{view.owed_notices} notices are owed")
        for untold in self._untold(view):
            observer.violate("missed", untold)
        known = self.services.world.now.applications.values()
        is_managed = [each for each in known if oracle.is_managed(each) and oracle.is_watched(each)]
        if is_managed and today not in view.complete_days:
            observer.violate("backlog", "the day is not complete")

    def _untold(self, view: LedgerView) -> Iterable[str]:
        """Yield the changes that a manager was not told of, who has been one ever since."""
        services = self.services
        world, observer, seen = services.world, services.observer, services.world.now
        for change in observer.changes:
            people = _people(seen, change.client_id)
            read = change.begun - services.read_lag
            since = world.between(read, self.now)
            if any(_people(each, change.client_id) != people for each in since):
                continue
            for partition, address in sorted(people.items()):
                message_id = view.claims.get((partition, f"n|{change.claim}"), "")
                state = view.states.get((partition, message_id))
                is_excused = state in UNDELIVERED or address in services.mail.suppressed
                if not is_excused and not observer.told[partition, change.claim]:
                    yield f"{change.claim} to {partition} is not told: {state}"

    def _blamed(self, view: LedgerView) -> Iterable[str]:
        """Yield the messages that ended badly for no reason that lies in their recipients."""
        for (_, message_id), state in sorted(view.states.items()):
            if state == "uncertain":
                is_due = self.now - view.posted[message_id] > HORIZON
            else:
                is_due = message_id in self.services.mail.refused
            if state in UNDELIVERED and not is_due:
                yield f"{message_id} is {state}"

    def _earliest(self, view: LedgerView) -> datetime:
        """Return when what was evaluated was read: what changed since is another day's."""
        done = view.complete_days.get(self.now.date().isoformat(), self.since)
        read = min(self.since, done - LONGEST_FIRING)
        return read - MAX_AGE - self.services.read_lag - CLOCKS


def _people(seen: Snapshot, client_id: ClientId) -> dict[str, str]:
    """Return who is to be told of an application, which need not exist."""
    application = seen.applications.get(client_id)
    return oracle.people(application, seen.with_role, seen.groups) if application else {}


def _missed(owed: Owed, view: LedgerView, observer: Observer, last: datetime) -> Iterable[str]:
    """Yield what should have been mailed and was not, and nobody was told of."""
    told = {reason: _is_told(f"{owed.claim}|{reason}", view, observer) for reason in REASONS}
    if not owed.people:
        if not told[owed.reason]:
            yield f"{owed.claim} is not told to support: {owed.reason}"
        return
    escalated = any(told[reason] for reason in UNDELIVERED_REASONS)
    for partition in sorted(owed.people):
        state = view.state_of(partition, owed.claim)
        if state in UNDELIVERED and not told[state]:
            if observer.heard_of(view.claims[partition, f"r|{owed.claim}"], last):
                continue
            yield f"{owed.claim} to {partition} is {state}, and support does not know"
        elif not observer.told[partition, owed.claim] and not escalated:
            yield f"{owed.claim} to {partition} is neither mailed nor told: {state}"


def _is_told(claim: str, view: LedgerView, observer: Observer) -> bool:
    """Tell whether support has heard; what cannot be mailed to support is an alarm, and no more."""
    return bool(observer.told[SUPPORT, claim]) or view.state_of(SUPPORT, claim) in UNDELIVERED


def _torn(view: LedgerView, observer: Observer) -> Iterable[str]:
    """Yield the messages that were posted, are not void, and do not hold all their claims."""
    for message_id, post in observer.posts.items():
        message = post.message
        partition = str(message.recipient.partition)
        prefix = "n|" if message.notice is not None else "r|"
        held = [view.claims.get((partition, f"{prefix}{claim}")) for claim in message.claims]
        state = view.states.get((partition, message_id), "void")
        if state != "void" and any(each != message_id for each in held):
            yield f"{message_id} ({state}) lacks claims"


REASONS = (
    *UNDELIVERED_REASONS,
    "unmanaged",
    "group_without_role",
    "group_empty",
    "members_unreachable",
)
