import pytest

from shared.domain.addresses import is_loopback, is_mail_address


@pytest.mark.parametrize(
    "text", ["jane.doe@example.org", "o'neil+wmda@mail.example.co.uk", "ünal@beispiel.example"]
)
def test_a_bare_address_is_one(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane.doe",
        "@example.org",
        "jane@",
        "jane@localhost",
        "jane@@example.org",
        "jane@example..org",
        "Jane Doe <jane@example.org>",
        "jane@example.org,john@example.org",
        "jane@example.org;john@example.org",
        "jane@example.org\r\nBcc: john@example.org",
        "jane doe@example.org",
        f"{'x' * 250}@example.org",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_mail_address(text)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("127.0.0.1.example.org", False),
        ("localhost.example.org", False),
        ("graph.microsoft.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, *, is_local: bool) -> None:
    assert is_loopback(host) is is_local
