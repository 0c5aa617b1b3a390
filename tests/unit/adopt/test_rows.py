"""The file, as spreadsheets write it and as people get it wrong."""

import pytest

from infra.adopt.rows import Fault, Unusable, parsed
from tests.support.builders import CLIENT, GROUP, USER
from tests.unit.adopt.scene import rows

ROW = f"{CLIENT},Some group,jane.doe@example.org"


def faults_of(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(Unusable) as unusable:
        parsed(text)
    return [(each.line, each.reason) for each in unusable.value.faults]


@pytest.mark.parametrize("heads", ["client id", "Client ID", "clientId", "client_id", "CLIENT ID "])
def test_the_columns_go_by_their_heads(heads: str) -> None:
    (row,) = parsed(f"note,user,group,{heads}\nx,jane.doe@example.org,Some group,{CLIENT}\n")
    assert (row.client_id, row.group, row.user) == (CLIENT, "Some group", "jane.doe@example.org")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_may_be_divided_as_spreadsheets_do(delimiter: str) -> None:
    text = f"client id,group,user\r\n{ROW}\r\n".replace(",", delimiter)
    assert [row.line for row in parsed(text)] == [2]


def test_ids_and_addresses_are_taken_in_any_case_and_spaces_in_any_width() -> None:
    (row,) = rows(f" {CLIENT.upper()} , Some   group , Jane.Doe@Example.org ")
    assert (row.client_id, row.group, row.user) == (CLIENT, "Some group", "jane.doe@example.org")


@pytest.mark.parametrize(
    "user", [USER, "", "jean.dupont_registre.example#EXT#@example.org", "o'neill@example.org"]
)
def test_a_user_is_an_address_an_object_id_or_nobody(user: str) -> None:
    (row,) = rows(f"{CLIENT},{GROUP},{user}")
    assert row.user == (user.casefold() or None)


def test_accents_are_the_same_however_a_spreadsheet_codes_them() -> None:
    (row,) = rows(f"{CLIENT},Registre E\u0301te\u0301,rene\u0301@example.org")
    assert (row.group, row.user) == ("Registre \u00c9t\u00e9", "ren\u00e9@example.org")


def test_two_names_that_are_only_alike_stay_two() -> None:
    (one, other) = rows(f"{CLIENT},Straße,groß@example.org", f"{CLIENT},Strasse,gross@example.org")
    assert one.group_key != other.group_key
    assert one.user != other.user


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    assert [row.line for row in rows("", ROW, ",,", ROW)] == [3, 5]


def test_every_fault_of_the_file_is_named_with_its_line() -> None:
    lines = [
        "client id,group,user",
        "nonsense,Some group,jane.doe@example.org",
        f"{CLIENT},,jane.doe@example.org",
        ROW,
        f"{CLIENT},{'g' * 257},Jane",
        f"{CLIENT},Tr\u202eap,",
        f"{CLIENT}",
        f"{CLIENT},Some group,,jane.doe@example.org",
    ]
    found = faults_of("\n".join(lines))
    assert [(line, reason.split(":")[0]) for line, reason in found] == [
        (2, "the client id is no GUID"),
        (3, "the group is missing"),
        (5, "the group's name is longer than 256 characters"),
        (5, "the user is neither an address nor an object id"),
        (6, "the group's name holds characters that do not print"),
        (7, "the group is missing"),
        (8, "has more cells than there are heads"),
    ]


@pytest.mark.parametrize("user", ["Jane Doe", "jane@", "@example.org", "jane@host", "a b@c.org"])
def test_what_is_no_user_is_a_fault(user: str) -> None:
    assert [line for line, _ in faults_of(f"client id,group,user\n{CLIENT},g,{user}")] == [2]


def test_a_missing_column_is_named() -> None:
    assert faults_of("client id,users,group\n") == [
        (1, "has no column user; its heads are: client id, group, user")
    ]


@pytest.mark.parametrize("heads", ["client id,group,user,user", "client id,Group,group,user"])
def test_a_column_that_is_there_twice_is_named(heads: str) -> None:
    ((line, reason),) = faults_of(f"{heads}\n")
    assert (line, reason.split(" columns ")[0]) == (1, "has two")


@pytest.mark.parametrize("text", ["client id,group,user\n", "client id,group,user\n\n,,\n"])
def test_a_file_without_rows_is_a_fault(text: str) -> None:
    assert faults_of(text) == [(None, "the file has no rows")]


def test_faults_come_in_the_order_of_their_lines() -> None:
    faults = [Fault(line=9, reason="b"), Fault(line=None, reason="c"), Fault(line=2, reason="a")]
    assert [each.line for each in Unusable(faults).faults] == [None, 2, 9]
