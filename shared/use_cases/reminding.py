"""The reminders' use cases, put together from their ports alone."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from shared.domain.standing import Audiences
from shared.ports.directory import ApplicationDirectory, GrantDirectory, ManagerDirectory
from shared.ports.ledger import Ledger, NoticeBook, Retention, Runs, Suppressions
from shared.ports.mail import Mailer
from shared.ports.secret_store import AuditTrail, SecretStore
from shared.ports.system import Clock, Ids
from shared.ports.telemetry import RunMeters
from shared.use_cases.announcements import AT_MOST, Announcements, Announcing
from shared.use_cases.dispatch import Dispatch
from shared.use_cases.drain import Drain
from shared.use_cases.evaluation import Evaluation
from shared.use_cases.find_coverage import FindCoverage
from shared.use_cases.forecast import ForecastDay
from shared.use_cases.monthly_report import SendMonthlyReport
from shared.use_cases.planning import Planning
from shared.use_cases.readings import Reader
from shared.use_cases.record_delivery import RecordDelivery
from shared.use_cases.run_reminders import RunReminders
from shared.use_cases.sending import Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything that reminders and notices need from outside."""

    applications: ApplicationDirectory
    managers: ManagerDirectory
    store: SecretStore
    ledger: Ledger
    runs: Runs
    suppressions: Suppressions
    notices: NoticeBook
    retention: Retention
    trail: AuditTrail
    mailer: Mailer
    meters: RunMeters
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Whether reminders are sent or only evaluated, and whether changes are announced."""

    sends: bool
    notifies: bool
    audit_lasts: timedelta = timedelta(days=730)
    notices_at_most: float = AT_MOST
    """Seconds by which notices may delay an answer."""


class Reminding:
    """The daily run, the delivery reports and the notices; they share what they are made of."""

    def __init__(
        self,
        outside: Outside,
        audiences: Audiences,
        options: Options,
        *,
        grants: GrantDirectory | None = None,
    ) -> None:
        """Without anything that tells of grants there is no coverage, and no monthly report."""
        self._outside = outside
        self._audiences = audiences
        self._options = options
        self._grants = grants

    @cached_property
    def run(self) -> RunReminders:
        outside = self._outside
        return RunReminders(
            runs=outside.runs,
            suppressions=outside.suppressions,
            drain=Drain(
                ledger=outside.ledger,
                mailer=outside.mailer,
                dispatch=self._dispatch,
                clock=outside.clock,
            ),
            announcements=self.announcements,
            evaluation=self._evaluation,
            planning=Planning(ledger=outside.ledger, audiences=self._audiences),
            sending=Sending(
                ledger=outside.ledger, dispatch=self._dispatch, audiences=self._audiences
            ),
            retention=outside.retention,
            trail=outside.trail,
            audit_lasts=self._options.audit_lasts,
            reader=self._reader,
            meters=outside.meters,
            clock=outside.clock,
            sends=self._options.sends,
            monthly_report=self._monthly_report,
        )

    @cached_property
    def record_delivery(self) -> RecordDelivery:
        outside = self._outside
        return RecordDelivery(
            ledger=outside.ledger,
            suppressions=outside.suppressions,
            runs=outside.runs,
            meters=outside.meters,
            clock=outside.clock,
        )

    @cached_property
    def announcements(self) -> Announcements:
        outside = self._outside
        return Announcements(
            announcing=Announcing(
                notices=outside.notices,
                store=outside.store,
                suppressions=outside.suppressions,
                runs=outside.runs,
                reader=self._reader,
            ),
            dispatch=self._dispatch,
            audiences=self._audiences,
            clock=outside.clock,
            is_on=self._options.sends and self._options.notifies,
            at_most=self._options.notices_at_most,
        )

    @cached_property
    def forecast(self) -> ForecastDay:
        outside = self._outside
        return ForecastDay(
            evaluation=self._evaluation,
            ledger=outside.ledger,
            runs=outside.runs,
            suppressions=outside.suppressions,
            audiences=self._audiences,
            clock=outside.clock,
        )

    @cached_property
    def coverage(self) -> FindCoverage:
        outside, grants = self._outside, self._grants
        if grants is None:
            raise ValueError("nothing tells of grants")
        return FindCoverage(
            applications=outside.applications,
            grants=grants,
            store=outside.store,
            reader=self._reader,
            audiences=self._audiences,
            clock=outside.clock,
        )

    @cached_property
    def _evaluation(self) -> Evaluation:
        outside = self._outside
        return Evaluation(
            applications=outside.applications,
            reader=self._reader,
            audiences=self._audiences,
            clock=outside.clock,
        )

    @cached_property
    def _monthly_report(self) -> SendMonthlyReport | None:
        if self._grants is None:
            return None
        return SendMonthlyReport(
            find=self.coverage,
            ledger=self._outside.ledger,
            dispatch=self._dispatch,
            audiences=self._audiences,
        )

    @cached_property
    def _reader(self) -> Reader:
        outside = self._outside
        return Reader(
            applications=outside.applications,
            managers=outside.managers,
            audiences=self._audiences,
            clock=outside.clock,
        )

    @cached_property
    def _dispatch(self) -> Dispatch:
        outside = self._outside
        return Dispatch(
            ledger=outside.ledger,
            notices=outside.notices,
            runs=outside.runs,
            suppressions=outside.suppressions,
            mailer=outside.mailer,
            audiences=self._audiences,
            meters=outside.meters,
            clock=outside.clock,
            ids=outside.ids,
        )
