"""The file: who is to manage what, and every fault of its own."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.adopt.names import alike, group_key
from shared.domain.ids import ClientId, guid
from shared.domain.plain_text import plain

MAX_GROUP_NAME = 256
COLUMNS = ("client id", "group", "user")
_DELIMITERS = ";\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: whoever is in the group manages the application, the user among them."""

    line: int
    client_id: ClientId
    group: str
    """An object id or a display name, its spaces made one wide."""
    user: str | None
    """An object id, or an address in lower case; None where the line names nobody."""

    @property
    def group_key(self) -> str:
        return group_key(self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why nothing is done; `line` is None where it concerns the whole file."""

    line: int | None
    reason: str


class Unusable(ValueError):
    """The file has faults; its argument is their tuple, in the order of their lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(sorted(faults, key=lambda each: (each.line or 0, each.reason)))


def parsed(text: str) -> list[Row]:
    """Return the rows; Unusable with every fault. Columns go by their heads, others are ignored."""
    # Some systems write accents as marks of their own: Graph would find no such name.
    text = unicodedata.normalize("NFC", text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        heads = next(reader, [])
        places = _places(heads)
        for cells in reader:
            if any(cell.strip() for cell in cells[len(heads) :]):
                reason = "has more cells than there are heads: quote a name that holds what divides"
                faults.append(Fault(line=reader.line_num, reason=reason))
            elif any(cell.strip() for cell in cells):
                _take(reader.line_num, _named(cells, places), rows, faults)
    except csv.Error as fault:
        faults.append(Fault(line=reader.line_num, reason=f"is no CSV: {fault}"))
    if not rows and not faults:
        faults.append(Fault(line=None, reason="the file has no rows"))
    if faults:
        raise Unusable(faults)
    return rows


def _delimiter(text: str) -> str:
    """Return what divides the heads: spreadsheets write semicolons where commas are decimal."""
    heads = text.partition("\n")[0]
    return next((each for each in _DELIMITERS if each in heads and "," not in heads), ",")


def _places(heads: Sequence[str]) -> Mapping[str, int]:
    names = [" ".join(head.replace("_", " ").split()).casefold() for head in heads]
    if double := [name for name in COLUMNS if names.count(name) > 1]:
        raise Unusable([Fault(line=1, reason=f"has two columns {', '.join(double)}")])
    known = {name: at for at, name in enumerate(names)}
    places = {name: known.get(name, known.get(name.replace(" ", ""))) for name in COLUMNS}
    missing = [name for name, at in places.items() if at is None]
    if missing:
        reason = f"has no column {', '.join(missing)}; its heads are: client id, group, user"
        raise Unusable([Fault(line=1, reason=reason)])
    return {name: at for name, at in places.items() if at is not None}


def _named(cells: Sequence[str], places: Mapping[str, int]) -> Mapping[str, str]:
    return {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}


def _take(line: int, cells: Mapping[str, str], rows: list[Row], faults: list[Fault]) -> None:
    client_id = guid(cells["client id"])
    group = " ".join(cells["group"].split())
    reasons = [
        None if client_id else "the client id is no GUID",
        _fault_of_group(group),
        _fault_of_user(cells["user"]),
    ]
    found = [Fault(line=line, reason=reason) for reason in reasons if reason]
    faults += found
    if client_id and not found:
        user = alike(cells["user"]) or None
        rows.append(Row(line=line, client_id=ClientId(client_id), group=group, user=user))


def _fault_of_group(name: str) -> str | None:
    if not name:
        return "the group is missing: its name, or the object id of one that exists"
    if len(name) > MAX_GROUP_NAME:
        return f"the group's name is longer than {MAX_GROUP_NAME} characters"
    if plain(name[:100]) != " ".join(name[:100].split()):
        return "the group's name holds characters that do not print"
    return None


def _fault_of_user(name: str) -> str | None:
    """Return what is wrong; a guest's sign-in name, with its #EXT#, passes for an address."""
    if not name or guid(name):
        return None
    local, at, host = name.partition("@")
    if not (local and at and "." in host) or any(each.isspace() for each in name):
        return "the user is neither an address nor an object id"
    return None
