"""What was found, in the words of the monthly report."""

from shared.domain.findings import Concern, Coverage, Finding
from shared.domain.plain_text import plain
from shared.domain.reports import (
    MAX_DETAILS,
    MAX_NAMED,
    MonthlyReport,
    ReportedApplication,
    ReportedKind,
)
from shared.domain.secrets import ClientSecret


def report_of(found: Coverage) -> MonthlyReport:
    """Return the report of the month: as much of what was found as a mail holds."""
    return MonthlyReport(
        month=found.at.date().replace(day=1),
        examined=found.examined,
        kinds=tuple(_reported(each) for each in found.findings if each.is_found),
        unread=found.unread,
    )


def _reported(finding: Finding) -> ReportedKind:
    named = finding.concerns[:MAX_NAMED]
    return ReportedKind(
        kind=finding.kind,
        total=len(finding.concerns),
        applications=tuple(_reported_application(each) for each in named),
    )


def _reported_application(concern: Concern) -> ReportedApplication:
    application = concern.application
    details = [*map(_secret_in_words, concern.secrets), *map(plain, concern.details)]
    told = [each for each in details if each][:MAX_DETAILS]
    return ReportedApplication(
        client_id=application.client_id,
        application=plain(application.display_name) or application.client_id,
        details=tuple(told),
        more_details=len(details) - len(told),
    )


def _secret_in_words(secret: ClientSecret) -> str:
    name = plain(secret.display_name)
    hint = plain(secret.hint)
    quoted = '"{}"'.format(name.replace('"', "'")) if name else "without a name"
    starts = f" (starts with {hint})" if hint else ""
    return f"secret {quoted}{starts}, last day {secret.expires_on.isoformat()}"
