"""A user's browser at the page, in the words of the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.watch import Watch
from tests.support.stack import Stack
from tests.support.worlds import Record

PATH: Final = "/manage-clients"
# Every wait is for an event: this only ends what would never come.
PATIENCE_MILLISECONDS: Final = 15_000


@dataclass(slots=True)
class Visit:
    """A context with one page at `host`. What it watches must be without fault at the end."""

    product: Stack
    host: str
    context: BrowserContext
    page: Page
    watch: Watch

    def open(self, anchor: str = "") -> None:
        """Go to the page's address, as somebody would who follows a link."""
        self.page.goto(self.host + PATH + (f"#{anchor}" if anchor else ""))

    def sign_in(self, user: Record, anchor: str = "") -> None:
        """Open the page and sign in; return when it shows what it has for the user."""
        self.open(anchor)
        self.pass_sign_in(user)

    def pass_sign_in(self, user: Record) -> None:
        """Go from the signed-out page through the sign-in and back."""
        self.page.get_by_role("button", name="Sign in").click()
        self.pick(user)

    def pick(self, user: Record) -> None:
        """Choose the user on the sign-in's page."""
        self.page.get_by_role("button", name=user["userPrincipalName"]).click()
        self.page.wait_for_url(self.host + PATH + "**")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def card(self, application: Record) -> Locator:
        """Return an application's card."""
        return self.page.get_by_role("region", name=application["displayName"], exact=True)


def origin(url: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def visiting(browser: Browser, product: Stack, host: str) -> Iterator[Visit]:
    """Yield a browser without any past at a host of the product."""
    context = browser.new_context(
        locale="en-GB", timezone_id="America/New_York", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    watch = Watch.over(context, origin(host), origin(product.identity))
    try:
        yield Visit(
            product=product, host=host, context=context, page=context.new_page(), watch=watch
        )
    finally:
        context.close()
