"""Whether what a mail says still holds, by what was read of its applications a moment ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.access import Portal, is_evaluated, is_managed
from shared.domain.applications import Application
from shared.domain.audience import Audience, Members, audience
from shared.domain.drafts import Draft, Due
from shared.domain.ids import ClientId, GroupId
from shared.domain.messages import SUPPORT, Line, Message, Recipient, Unreachable
from shared.domain.reminders import due, secret_of
from shared.domain.reports import claim_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An application, and the members of its groups that have the role, as read at an instant.

    `read_at` is before the first request of the reading; no application: it is gone.
    `unreadable`: groups that have the role, and whose members the directory did not tell.
    """

    application: Application | None
    members: Members
    read_at: datetime
    unreadable: frozenset[GroupId] = frozenset()

    @property
    def is_partial(self) -> bool:
        """Some credential managers may be missing."""
        known = self.application
        return known is not None and not self.unreadable.isdisjoint(known.manager_groups)


Standings = Mapping[ClientId, Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audiences:
    """Who is to hear of what, in a deployment: by its portal and the address of its support."""

    portal: Portal
    support_address: str

    @property
    def support(self) -> Recipient:
        return Recipient(partition=SUPPORT, address=self.support_address)

    def dues(self, standing: Standing, now: datetime) -> list[Due]:
        """Return what is due of an application at `now`, and to whom; the most urgent first."""
        application = standing.application
        if application is None or not is_evaluated(application, self.portal):
            return []
        reminders = due(application.secrets, now)
        if not reminders:
            return []
        told = [self._audience(application, standing)]
        if standing.is_partial:
            unreadable = Unreachable.GROUP_UNREADABLE
            known = [each for each in told if each.unreachable is None]
            told = [*known, Audience(recipients=(self.support,), unreachable=unreadable)]
        return [
            Due(
                application=application,
                reminder=reminder,
                recipients=each.recipients,
                unreachable=each.unreachable,
            )
            for reminder in reminders
            for each in told
        ]

    def managers(self, standing: Standing) -> tuple[Recipient, ...]:
        """Return the credential managers who can be reached: nobody if it is not managed."""
        application = standing.application
        if application is None or not is_managed(application, self.portal):
            return ()
        told = self._audience(application, standing)
        return () if told.unreachable else told.recipients

    def unreachable(self, standing: Standing) -> Unreachable | None:
        """Return why nobody can be told of the application, or not all; None if they can."""
        if standing.is_partial:
            return Unreachable.GROUP_UNREADABLE
        application = standing.application
        return self._audience(application, standing).unreachable if application else None

    def _audience(self, application: Application, standing: Standing) -> Audience:
        return audience(application, self.portal, standing.members, self.support_address)

    def holds(self, message: Message, standings: Standings, now: datetime) -> bool:
        """Tell whether all that a message says is still to be said, to that address."""
        if message.notice is not None:
            standing = standings[message.notice.client_id]
            return message.recipient in self.managers(standing)
        if message.report is not None:
            is_current = message.report.claim == claim_of(now.date())
            return is_current and message.recipient == self.support
        dues = {client_id: self.dues(standings[client_id], now) for client_id in message.client_ids}
        return all(
            self.is_due(line, message.recipient, dues[line.client_id]) for line in message.lines
        )

    def current(self, draft: Draft, standings: Standings, now: datetime) -> Draft:
        """Return the draft without what does not hold any more."""
        dues = {line.client_id: self.dues(standings[line.client_id], now) for line in draft.lines}
        lines = (
            line for line in draft.lines if self.is_due(line, draft.recipient, dues[line.client_id])
        )
        return replace(draft, lines=tuple(lines))

    def is_due(self, line: Line, recipient: Recipient, dues: Iterable[Due]) -> bool:
        """Tell whether a line is among what is due to a recipient now.

        What support hears of a mail that did not arrive stays true while its secret is due.
        """
        if line.unreachable is not None and line.unreachable.is_of_a_mail:
            secret = secret_of(line.claim)
            return recipient == self.support and any(
                each.reminder.secret.key_id == secret for each in dues
            )
        return any(each.claim == line.claim and recipient in each.recipients for each in dues)
