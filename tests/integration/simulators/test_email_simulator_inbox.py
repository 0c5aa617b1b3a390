"""The inbox pages of the email simulator."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest

from tests.integration.simulators.email_client import ID, JANE, OTHER_ID, Mail, message, running

NASTY = "<script>alert(1)</script>"


@pytest.fixture
async def mail() -> AsyncIterator[Mail]:
    async with running() as it:
        yield it


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of this name."""
        return [attributes for name, attributes in self.all if name == tag]


async def test_an_empty_inbox_says_so(mail: Mail) -> None:
    page, _ = await mail.page("/")

    assert "No mail has been accepted yet." in page


async def test_the_newest_mail_comes_first_with_the_simulator_s_time(mail: Mail) -> None:
    await mail.send()
    await mail.later(86_400)
    await mail.send(message(content={"subject": "Second", "plainText": "T"}), OTHER_ID)

    page, _ = await mail.page("/")

    assert [each["href"] for each in Elements(page).named("a")] == ["/inbox/2", "/inbox/1"]
    assert JANE in page
    assert page.index("2026-11-22 09:00:00 UTC") < page.index("2026-11-21 09:00:00 UTC")


async def test_a_mail_is_shown_with_headers_text_and_html(mail: Mail) -> None:
    html = "<!doctype html><html><head><title>T</title></head><body><b>Soon</b></body></html>"
    content = {"subject": "S", "plainText": "Soon & sure", "html": html}
    await mail.send(message(content=content, headers={"Auto-Submitted": "auto-generated"}))

    page, _ = await mail.page("/inbox/1")

    (frame,) = Elements(page).named("iframe")
    assert frame["srcdoc"] == html.replace("<head>", '<head><base target="_blank">')
    assert "<pre>Soon &amp; sure</pre>" in page
    assert "Auto-Submitted" in page
    assert ID in page


async def test_nothing_of_a_mail_runs_as_a_script(mail: Mail) -> None:
    content = {"subject": NASTY, "plainText": NASTY, "html": f'"{NASTY}'}
    await mail.send(message(content=content, headers={"X-Nasty": NASTY}))

    for path in ("/", "/inbox/1"):
        page, headers = await mail.page(path)
        elements = Elements(page)
        assert elements.named("script") == []
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
    (frame,) = elements.named("iframe")
    assert "allow-scripts" not in str(frame["sandbox"])
    assert "allow-same-origin" not in str(frame["sandbox"])


async def test_a_page_asks_nothing_of_other_hosts(mail: Mail) -> None:
    await mail.send()

    for path in ("/", "/inbox/1"):
        page, _ = await mail.page(path)
        addresses = [
            value
            for _, attributes in Elements(page).all
            for name, value in attributes.items()
            if name in {"src", "href", "action"}
        ]
        assert all(str(each).startswith("/") for each in addresses)


async def test_a_mail_without_html_has_no_frame(mail: Mail) -> None:
    await mail.send()

    page, _ = await mail.page("/inbox/1")

    assert Elements(page).named("iframe") == []


async def test_an_attachment_is_a_download(mail: Mail) -> None:
    attachment = {
        "name": 'an "end".ics',
        "contentType": "text/calendar; charset=utf-8",
        "contentInBase64": "QkVHSU4=",
    }
    await mail.send(message(attachments=[attachment]))

    page, _ = await mail.page("/inbox/1")
    body, headers = await mail.page("/inbox/1/attachments/1")

    assert "/inbox/1/attachments/1" in [each["href"] for each in Elements(page).named("a")]
    assert body == "BEGIN"
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''an%20%22end%22.ics"


@pytest.mark.parametrize(
    "path", ["/inbox/0", "/inbox/2", "/inbox/1/attachments/1", "/inbox/1/attachments/0", "/inbox/x"]
)
async def test_what_is_not_there_is_not_found(mail: Mail, path: str) -> None:
    await mail.send()

    async with mail.session.get(mail.address + path) as answer:
        assert answer.status == 404
