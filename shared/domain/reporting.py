"""What was found, in the words of the monthly report."""

from datetime import date

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


def report_of(found: Coverage, on: date) -> MonthlyReport:
    """Return the report of a day's month: as much of what was found as a mail holds."""
    return MonthlyReport(
        month=on.replace(day=1),
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
    details = [*map(_in_words, concern.secrets), *concern.details]
    told = [words for each in details[:MAX_DETAILS] if (words := plain(each))]
    return ReportedApplication(
        client_id=application.client_id,
        application=plain(application.display_name) or application.client_id,
        details=tuple(told),
        more_details=max(0, len(details) - MAX_DETAILS),
    )


def _in_words(secret: ClientSecret) -> str:
    """Say the day first: a long name is cut off."""
    hint, name = plain(secret.hint), plain(secret.display_name)
    words = [f"last day {secret.expires_on.isoformat()}: secret"]
    words += [f"{hint}…"] if hint else []
    words += ['"{}"'.format(name.replace('"', "'"))] if name else ["without a name"]
    return " ".join(words)
