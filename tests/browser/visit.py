"""A user's browser at the page, in the words of the page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Response, expect

from tests.browser.scenes import NEW
from tests.browser.watch import Watch
from tests.support.stack import Stack
from tests.support.worlds import Record

PATH: Final = "/manage-clients"
# Every wait is for an event: this only ends what would never come.
PATIENCE_MILLISECONDS: Final = 8_000
CREATE: Final = "Create new secret"
REVEAL: Final = "Copy your new secret now"
DELETE: Final = "Delete secret"


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
        self.arrived()

    def arrived(self) -> None:
        """Wait until the page shows what it has for who signed in."""
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        expect(self.page.get_by_text("Loading")).to_have_count(0)

    def card(self, application: Record) -> Locator:
        """Return an application's card."""
        return self.page.get_by_role("region", name=application["displayName"], exact=True)

    def rows(self, application: Record) -> Locator:
        """Return the rows of an application's secrets."""
        return self.card(application).locator("tbody").get_by_role("row")

    def row(self, application: Record, name: str) -> Locator:
        """Return the row of a secret, by its name."""
        header = self.page.get_by_role("rowheader", name=name, exact=True)
        return self.rows(application).filter(has=header)

    def dialog(self, title: str) -> Locator:
        """Return the open dialog with this title."""
        return self.page.get_by_role("dialog", name=title, exact=True)

    def start_create(self, application: Record, name: str = NEW) -> Locator:
        """Open the dialog to create and fill the name in; return the dialog."""
        self.card(application).get_by_role("button", name=CREATE).click()
        dialog = self.dialog(CREATE)
        dialog.get_by_label("Name", exact=True).fill(name)
        return dialog

    def create(self, application: Record, name: str = NEW) -> str:
        """Create a secret; return the value that is shown."""
        dialog = self.start_create(application, name)
        with self.page.expect_response(is_create) as made:
            dialog.get_by_role("button", name="Create", exact=True).click()
        expect(self.dialog(REVEAL)).to_be_visible()
        # From the protocol: a value that a test reads in the page would stay in its memory.
        value: str = made.value.json()["secretText"]
        return value

    def close_reveal(self) -> None:
        """Copy the value, then say that it is stored."""
        dialog = self.dialog(REVEAL)
        dialog.get_by_role("button", name="Copy secret").click()
        expect(dialog.get_by_text("The secret is copied.")).to_be_visible()
        dialog.get_by_role("button", name="I have stored the value").click()
        expect(dialog).to_have_count(0)

    def start_delete(self, application: Record, name: str) -> Locator:
        """Open the dialog to delete a secret; return it."""
        row = self.row(application, name)
        row.get_by_role("button", name=f"Delete secret {name}").click()
        return self.dialog(DELETE)

    def confirm_delete(self) -> None:
        """Press the button that deletes."""
        self.dialog(DELETE).get_by_role("button", name="Delete secret").click()

    def told(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page says so, within what is read out."""
        expect(self.page.locator("[role=status], [role=alert]").get_by_text(words)).to_be_visible()

    def second(self) -> "Visit":
        """Return another tab of the same browser."""
        return Visit(
            product=self.product,
            host=self.host,
            context=self.context,
            page=self.context.new_page(),
            watch=self.watch,
        )

    def content(self) -> str:
        """Return the document, of whatever page a navigation under way ends on."""
        while True:
            try:
                return self.page.content()
            except Error as fault:
                if "navigating" not in fault.message:
                    raise

    def clipboard(self) -> str:
        """Return what was copied, read where the page's policy does not forbid it."""
        reader = self.context.new_page()
        reader.goto(self.product.identity)
        self.context.grant_permissions(["clipboard-read"], origin=self.product.identity)
        text: str = reader.evaluate("navigator.clipboard.readText()")
        reader.close()
        return text


def is_create(answer: Response) -> bool:
    """Tell whether this answers a create."""
    return answer.request.method == "POST" and answer.url.endswith("/secrets")


def origin(url: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def visiting(browser: Browser, product: Stack, host: str) -> Iterator[Visit]:
    """Yield a browser without any past at a host of the product.

    Its user is hours behind UTC: a day of UTC that is written in local time is the day before.
    """
    context = browser.new_context(
        locale="en-GB", timezone_id="Pacific/Honolulu", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.grant_permissions(["clipboard-write"], origin=host)
    watch = Watch.over(context, origin(host), origin(product.identity))
    try:
        yield Visit(
            product=product, host=host, context=context, page=context.new_page(), watch=watch
        )
    finally:
        context.close()
