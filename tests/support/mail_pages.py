"""The HTML part of a mail, read by a parser: its elements, and the words that a reader sees."""

import re
from html.parser import HTMLParser

_UNREAD = frozenset({"style", "title"})
_LAYOUT = re.compile(r"^-{70}$|^\* |^\d\. |[()]", re.MULTILINE)
"""What a text draws that a page shows by layout."""


class Page(HTMLParser):
    """What a mail client makes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._open: list[str] = []
        self._read: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def text(self) -> str:
        return " ".join("".join(self._read).split())

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.elements if tag == "a"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "br":
            self._read.append("\n")
        elif tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        if not _UNREAD & set(self._open):
            self._read.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def words(text: str) -> list[str]:
    """Return a part's words in order, without what only draws, and without the links to the page.

    The text has the link to an application as a line, the page as a button below the secrets.
    """
    drawn = re.sub(r"\bManage it(: +\S+)?", "", text)
    return _LAYOUT.sub("", drawn).split()
