"""The monthly report to support: claimed and sent as any other mail, once a month."""

import logging
from functools import partial

from shared.domain.errors import PortalError
from shared.domain.findings import Coverage
from shared.domain.messages import SUPPORT
from shared.domain.reporting import report_of
from shared.domain.reports import claim_of, is_reporting_day
from shared.domain.standing import Audiences
from shared.log_records import line
from shared.ports.ledger import Ledger
from shared.use_cases.dispatch import Dispatch, Sent
from shared.use_cases.find_coverage import FindCoverage
from shared.use_cases.firing import Firing
from shared.use_cases.readings import Readings

log = logging.getLogger(__name__)


class SendMonthlyReport:
    """Sends what was found, on the first day of a month or as soon after it as a run can.

    One read of support's ledger on those days; the coverage is read only if it is not claimed.
    """

    def __init__(
        self, *, find: FindCoverage, ledger: Ledger, dispatch: Dispatch, audiences: Audiences
    ) -> None:
        self._find = find
        self._ledger = ledger
        self._dispatch = dispatch
        self._audiences = audiences

    async def __call__(self, firing: Firing, readings: Readings) -> None:
        """Never raises: what is left undone here keeps the day open."""
        if is_reporting_day(firing.now.date()):
            await firing.attempt(partial(self._send, firing, readings))

    async def _send(self, firing: Firing, readings: Readings) -> None:
        if firing.leaves_alone(self._audiences.support_address):
            # It bounced a short time ago, with an alarm: the next days make up for it.
            return
        if firing.is_over:
            firing.is_open = True
            return
        known = await self._ledger.of_recipient(SUPPORT)
        if claim_of(firing.now.date()) in known.claims:
            return
        found = await self._found()
        message = await self._dispatch.claim_report(report_of(found, firing.now.date()), firing)
        sent = await self._dispatch.send(message, firing, readings) if message else Sent.OPEN
        if sent is not Sent.FINAL:
            firing.is_open = True
        log.info(line("monthly report", examined=found.examined))

    async def _found(self) -> Coverage:
        try:
            return await self._find()
        except PortalError as error:
            log.error(line("alarm: the monthly report cannot be made", code=error.code))
            raise
