"""What may become of a mail that was accepted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

DETAILS: Final = {
    "Delivered": "250 2.0.0 OK",
    "Expanded": "The list was expanded to its members.",
    "Bounced": "550 5.1.1 The recipient is not known.",
    "Suppressed": "The recipient is on the suppression list.",
    "Failed": "451 4.4.1 The recipient's server does not answer.",
    "FilteredSpam": "550 5.7.1 The message was taken for spam.",
    "Quarantined": "550 5.7.1 The message was put into quarantine.",
}
"""The service's words for each status of a delivery report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a mail at one recipient."""

    operation_id: str
    sender: str
    recipient: str
    status: str
    at: datetime

    @property
    def suppresses(self) -> bool:
        """Whether the address is left out from now on."""
        return self.status in {"Bounced", "Suppressed"}
