"""What a browser asked for and complained of, and whether a test may end with that."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

FAILED_LOAD: Final = "Failed to load resource"


# Without slots: Playwright hangs attributes on the object whose methods it calls.
@dataclass
class Watch:
    """Everything that the pages of a context request, log and throw.

    Nothing may go to an origin that is not in `own`, and nothing may be complained of, but for the
    failed requests that a test expects: a browser logs each as an error.
    """

    own: set[str]
    requests: list[Request] = field(default_factory=list)
    _expected: set[str] = field(default_factory=set)
    _complaints: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, context: BrowserContext, *own: str) -> "Watch":
        """Watch a context from now on."""
        made = cls(own={*own})
        context.on("request", made.asked)
        context.on("console", made.heard)
        context.on("weberror", made.thrown)
        return made

    def expect_status(self, *statuses: int) -> None:
        """Let answers with these statuses be logged as errors."""
        self._expected |= {
            f"{FAILED_LOAD}: the server responded with a status of {status} " for status in statuses
        }

    def expect_loss(self) -> None:
        """Let requests without an answer be logged as errors."""
        self._expected |= {f"{FAILED_LOAD}: net::ERR_", "has been blocked by CORS policy"}

    def asked(self, request: Request) -> None:
        """Keep a request."""
        self.requests.append(request)

    def heard(self, message: ConsoleMessage) -> None:
        """Keep a complaint: what `console` was given as an error or a warning."""
        if message.type in {"error", "warning"}:
            self._complaints.append(message.text)

    def thrown(self, error: WebError) -> None:
        """Keep what no handler caught."""
        self._complaints.append(f"uncaught: {error.error.message}")

    def faults(self) -> list[str]:
        """Return what no test may end with."""
        strangers = [f"asked for {url}" for url in self.addresses() if not self._is_own(url)]
        return strangers + [each for each in self._complaints if not self._is_expected(each)]

    def forget(self) -> None:
        """Begin anew."""
        self.requests.clear()
        self._complaints.clear()

    def addresses(self) -> list[str]:
        """Return every address asked for, in order; data: is none."""
        return [each.url for each in self.requests if not each.url.startswith("data:")]

    def sent(self, method: str, ending: str) -> list[Request]:
        """Return the requests of a method to the paths that end like this."""
        return [
            each
            for each in self.requests
            if each.method == method and urlsplit(each.url).path.endswith(ending)
        ]

    def _is_own(self, url: str) -> bool:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" in self.own

    def _is_expected(self, complaint: str) -> bool:
        return any(words in complaint for words in self._expected)
