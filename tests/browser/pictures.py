"""The pictures of the README, taken of the sample tenant: `make pictures`.

Each state in light, in dark, and on a telephone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from local.azurite import Azurite
from local.settings import ROOT
from tests.browser.visit import Visit, visiting
from tests.support.chromium import FLAGS, Search
from tests.support.stack import Stack, stack
from tests.support.worlds import Record

FOLDER: Final = ROOT / "docs" / "pictures"
COLOURS: Final = 256
WIDE: Final = 1120
NARROW: Final = 320
SEARCH_MATCH: Final = "Partner-NL-OrganisationName-SMC"
DATA: Final = "Partner-NL-OrganisationName-DM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A theme and a window, in CSS pixels."""

    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int


LOOKS: Final = (
    Look(name="light", scheme="light", width=WIDE, height=760),
    Look(name="dark", scheme="dark", width=WIDE, height=760),
    Look(name="narrow", scheme="light", width=NARROW, height=640),
)


def user(visit: Visit, name: str) -> Record:
    """Return a sample user."""
    users: list[Record] = visit.product.dev("GET", visit.product.identity, "users")["users"]
    return next(each for each in users if each["displayName"] == name)


def the_list(visit: Visit) -> None:
    visit.sign_in(user(visit, "Jane Doe"))
    expect(visit.page.get_by_role("region").first).to_be_visible()


def create(visit: Visit) -> None:
    the_list(visit)
    visit.start_create({"displayName": SEARCH_MATCH}, "Secret by Jane Doe")


def reveal(visit: Visit) -> None:
    the_list(visit)
    visit.create({"displayName": SEARCH_MATCH}, "Secret by Jane Doe")


def delete_last(visit: Visit) -> None:
    the_list(visit)
    visit.start_delete({"displayName": DATA}, "Secret by Richard Roe")


def empty(visit: Visit) -> None:
    visit.sign_in(user(visit, "Jean Dupont"))
    expect(visit.page.get_by_text("No secret yet.")).to_be_visible()


def no_role(visit: Visit) -> None:
    visit.sign_in(user(visit, "Nomen Nescio"))
    expect(visit.page.get_by_text("credential_management")).to_be_visible()


def error(visit: Visit) -> None:
    visit.product.trap("graph", "server_error", status=503, applied=False)
    visit.sign_in(user(visit, "Jane Doe"))
    expect(visit.page.get_by_role("alert")).to_be_visible()


STATES: Final[dict[str, Callable[[Visit], None]]] = {
    "list": the_list,
    "create": create,
    "delete-last": delete_last,
    "empty": empty,
    "forbidden": no_role,
    "error": error,
    # Last: it leaves a secret behind.
    "reveal": reveal,
}


def taken(visit: Visit, look: Look) -> bytes:
    """Return a picture of the window, or of the whole page where no dialog is open."""
    page = visit.page
    page.emulate_media(color_scheme=look.scheme)
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.evaluate("() => document.fonts.ready")
    whole = page.get_by_role("dialog").count() == 0
    return smaller(page.screenshot(full_page=whole, animations="disabled", caret="hide"))


def smaller(png: bytes) -> bytes:
    """Return the picture with few colours, a third of its size: there are hardly more in it."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    written = BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


@contextmanager
def browsing() -> Iterator[tuple[Browser, Stack]]:
    """Yield a browser, and a stack with the sample tenant."""
    with (
        Azurite() as tables,
        stack(tables.connection_string) as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=Search().found(), args=FLAGS)
        yield browser, product
        browser.close()


def main(folder: Path = FOLDER) -> None:
    """Write every state in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    with browsing() as (browser, product):
        for name, show in STATES.items():
            with visiting(browser, product, product.functions) as visit:
                show(visit)
                for look in LOOKS:
                    (folder / f"{name}-{look.name}.png").write_bytes(taken(visit, look))
            product.calm()


if __name__ == "__main__":
    main()
