"""Monthly reports as they are kept: frozen as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.domain.ids import ClientId
from shared.domain.reports import Kind, MonthlyReport, ReportedApplication, ReportedKind, Unread


def frozen_report(report: MonthlyReport) -> Mapping[str, object]:
    return {
        "month": report.month.isoformat(),
        "examined": report.examined,
        "unread": report.unread,
        "kinds": [
            {
                "kind": each.kind,
                "total": each.total,
                "applications": [
                    {
                        "clientId": named.client_id,
                        "application": named.application,
                        "details": named.details,
                        "moreDetails": named.more_details,
                    }
                    for named in each.applications
                ],
            }
            for each in report.kinds
        ],
    }


def report_of(frozen: Mapping[str, Any]) -> MonthlyReport:
    return MonthlyReport(
        month=date.fromisoformat(frozen["month"]),
        examined=frozen["examined"],
        unread=tuple(Unread(each) for each in frozen["unread"]),
        kinds=tuple(
            ReportedKind(
                kind=Kind(each["kind"]),
                total=each["total"],
                applications=tuple(
                    ReportedApplication(
                        client_id=ClientId(named["clientId"]),
                        application=named["application"],
                        details=tuple(named["details"]),
                        more_details=named["moreDetails"],
                    )
                    for named in each["applications"]
                ),
            )
            for each in frozen["kinds"]
        ),
    )
