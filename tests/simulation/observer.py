"""Sees everything, from outside of the product, and tells what must never happen."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId
from shared.domain.messages import Line, Message, Recipient
from tests.simulation import oracle
from tests.simulation.mail_service import Acceptance, DeliveryReport
from tests.simulation.process import Process
from tests.simulation.world import Snapshot, World

MAX_AGE = timedelta(seconds=60)
"""So old what was read may be when a mail is posted."""

LONGEST_FIRING = timedelta(minutes=20)
"""What is due is judged at the start of a firing, which sends no longer than that."""

LEFT_ALONE = timedelta(hours=24)
"""For so long at least nothing is posted to an address that bounced."""

UNDER_WAY = timedelta(minutes=45)
"""So long after a bounce was recorded a firing may go on that has not heard of it."""

MAX_LINES = 40
MAX_LINES_PER_APPLICATION = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that must never happen."""

    at: datetime
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} [{self.rule}] {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A mail that a process is about to post. `clock` is what the process takes for the time."""

    message: Message
    at: datetime
    clock: datetime
    set_back: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change through the portal that was answered with success. `claim` is its notices'."""

    client_id: ClientId
    claim: str
    begun: datetime


class Observer:
    """Judges each mail that the service takes by the truth of that moment."""

    def __init__(self, world: World, now: Callable[[], datetime], read_lag: timedelta) -> None:
        self.violations: list[Violation] = []
        self.told: defaultdict[tuple[str, str], list[Acceptance]] = defaultdict(list)
        """The mails that were taken, by the recipient's partition and the claim."""
        self.posts: dict[str, Post] = {}
        """The last one of each operation."""
        self.changes: list[Change] = []
        self.bounces: dict[str, tuple[datetime, datetime]] = {}
        """When an address first bounced, as the product was told, and when it had noted it."""
        self._reports: defaultdict[str, list[datetime | None]] = defaultdict(list)
        """When the product has taken each of a mail's reports; None until it has."""
        self._letters: dict[str, str] = {}
        self._world = world
        self._now = now
        self._read_lag = read_lag

    def violate(self, rule: str, what: str) -> None:
        """Note a violation, the same one once."""
        if all((rule, what) != (each.rule, each.what) for each in self.violations):
            self.violations.append(Violation(at=self._now(), rule=rule, what=what))

    def posting(self, message: Message, process: Process) -> None:
        """Note what is about to be posted."""
        post = Post(message=message, at=self._now(), clock=process.now(), set_back=process.set_back)
        self.posts[message.message_id] = post
        address = message.recipient.address
        bounced, noted = self.bounces.get(address, (post.at, post.at))
        if noted + UNDER_WAY < post.at < bounced + LEFT_ALONE - UNDER_WAY:
            self.violate("suppressed", f"a post to {address}, which bounced at {bounced}")

    def posted(self, operation: str, letter: str) -> None:
        """Note what arrived: a repeat says the same to the byte."""
        if self._letters.setdefault(operation, letter) != letter:
            self.violate("repeat", f"{operation} says something else")

    def accepted(self, acceptance: Acceptance) -> None:
        """Judge a mail that was taken."""
        post = self.posts[acceptance.operation]
        message = post.message
        for claim in sorted(message.claims):
            told = self.told[message.recipient.partition, claim]
            if told:
                self.violate("twice", f"{message.recipient.partition} {claim}")
            told.append(acceptance)
        if message.recipient.address != acceptance.recipient:
            self.violate("address", f"{acceptance.operation} to {acceptance.recipient}")
        self._judge_size(message)
        seen = list(self._world.between(self._first_seen(post), post.at))
        for line in message.lines:
            self._judge_line(line, post, seen)
        if message.notice is not None:
            self._judge_notice(post, seen)

    def changed(self, client_id: ClientId, claim: str, begun: datetime) -> None:
        """Note a change: its application's managers are to hear of it."""
        self.changes.append(Change(client_id=client_id, claim=claim, begun=begun))

    def heard_of(self, operation: str, since: datetime) -> bool:
        """Tell whether a mail was posted, or a report on it taken, after an instant; or is now."""
        post = self.posts.get(operation)
        answered = post is not None and post.at >= since
        return answered or any(at is None or at >= since for at in self._reports[operation])

    def reporting(self, report: DeliveryReport) -> None:
        """Note that a report begins to be delivered."""
        self._reports[report.operation].append(None)

    def reported(self, report: DeliveryReport) -> None:
        """Note that the product has taken a report."""
        self._reports[report.operation].remove(None)
        self._reports[report.operation].append(self._now())
        if report.status in {"Bounced", "Suppressed"} and report.operation in self.posts:
            address = self.posts[report.operation].message.recipient.address
            self.bounces.setdefault(address, (report.at, self._now()))

    def _first_seen(self, post: Post) -> datetime:
        """Return the earliest instant whose truth may stand behind a post."""
        return post.at - MAX_AGE - self._read_lag - post.set_back

    def _judge_size(self, message: Message) -> None:
        lines = message.lines
        owners = {oracle.organisation(each.application, each.client_id) for each in lines}
        is_support = message.recipient.partition == oracle.SUPPORT
        if lines and not is_support and owners != {message.organisation}:
            self.violate("organisations", f"{message.message_id} mixes {sorted(owners)}")
        each = [line.client_id for line in lines]
        most = max((each.count(client_id) for client_id in each), default=0)
        if len(lines) > MAX_LINES or most > MAX_LINES_PER_APPLICATION:
            self.violate("size", f"{message.message_id} has {len(lines)} lines, {most} of one")

    def _judge_line(self, line: Line, post: Post, seen: list[Snapshot]) -> None:
        key_id, _, rest = line.claim.partition("|")
        stage, _, told_reason = rest.partition("|")
        is_afterwards = told_reason in MAIL_REASONS
        today = f"day:{oracle.utc_day(post.clock)}"
        if stage.startswith("day:") and stage != today and not is_afterwards:
            self.violate("midnight", f"{line.claim} posted at {post.clock}")
        applications = [
            found
            for snapshot in seen
            if (found := snapshot.applications.get(line.client_id)) is not None
            and any(secret.key_id == key_id for secret in found.secrets)
        ]
        if not applications:
            self.violate("gone", f"{line.claim} of {line.client_id}")
            return
        wanted = None if is_afterwards else stage
        if not any(_is_due(key_id, wanted, each, post) for each in applications):
            self.violate("not due", f"{line.claim} of {line.client_id} at {post.clock}")
        recipient = post.message.recipient
        if recipient.partition != oracle.SUPPORT:
            if not _is_manager(recipient, _readings(applications, seen)):
                self.violate("stranger", f"{line.claim} to {recipient.partition}")
        elif told_reason in DIRECTORY_REASONS:
            reasons = {_told(*each) for each in _readings(applications, seen)}
            if told_reason not in reasons:
                self.violate("reason", f"{line.claim} is told to support: {sorted(reasons)}")

    def _judge_notice(self, post: Post, seen: list[Snapshot]) -> None:
        notice, recipient = post.message.notice, post.message.recipient
        assert notice is not None
        applications = [
            found for each in seen if (found := each.applications.get(notice.client_id))
        ]
        if not _is_manager(recipient, _readings(applications, seen)):
            self.violate("stranger", f"a notice of {notice.claim} to {recipient.partition}")
        is_listed = any(
            secret.key_id == notice.key_id
            for each in self._world.between(NEVER, post.at)
            if (known := each.applications.get(notice.client_id))
            for secret in known.secrets
        )
        if not is_listed:
            self.violate("gone", f"a notice of {notice.claim}, which never was")


DIRECTORY_REASONS = frozenset(
    {"unmanaged", "group_without_role", "group_empty", "members_unreachable"}
)

MAIL_REASONS = frozenset({"bounced", "failed", "uncertain"})
"""Of a mail that did not arrive support hears as long as anything is due of the secret."""

NEVER = datetime.min.replace(tzinfo=UTC)

Reading = tuple[Application, frozenset[GroupId], oracle.Groups]


def _is_manager(recipient: Recipient, readings: Iterable[Reading]) -> bool:
    found = (oracle.people(*each) for each in readings)
    return any(each.get(recipient.partition) == recipient.address for each in found)


def _readings(applications: list[Application], seen: list[Snapshot]) -> Iterator[Reading]:
    """Yield what three requests, each met by another replica, may have read."""
    for application, roles, groups in product(applications, seen, seen):
        yield application, roles.with_role, groups.groups


def _told(application: Application, with_role: frozenset[GroupId], groups: oracle.Groups) -> str:
    """Return why nobody but support is told; nothing where somebody is."""
    if oracle.people(application, with_role, groups):
        return ""
    return oracle.reason(application, with_role, groups)


def _is_due(key_id: str, stage: str | None, application: Application, post: Post) -> bool:
    """Tell whether a stage, or any, is the one at the post, or was at the start of its firing."""
    secret = next(each for each in application.secrets if each.key_id == key_id)
    others = [each for each in application.secrets if each.key_id != key_id]
    earliest = post.clock - LONGEST_FIRING - post.set_back
    return any(
        (key := oracle.stage(secret, others, moment)) is not None and stage in {None, key}
        for moment in (post.clock, earliest, *(each.end for each in (secret, *others)))
        if earliest <= moment <= post.clock
    ) and oracle.is_watched(application)
