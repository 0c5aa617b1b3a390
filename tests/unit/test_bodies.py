from datetime import date

import azure.functions as func
import pytest

from functions import bodies
from shared.domain.errors import InvalidInput, UnsupportedContentType
from tests.support.builders import numbered

KEY = numbered(1)
GOOD = b'{"displayName": "Secret by VM", "expiresOn": "2027-05-21"}'


def post(
    body: bytes = GOOD, *, key: str | None = KEY, media_type: str | None = "application/json"
) -> func.HttpRequest:
    headers = {"idempotency-key": key, "content-type": media_type}
    return func.HttpRequest(
        method="POST",
        url="http://127.0.0.1/",
        headers={name: value for name, value in headers.items() if value is not None},
        body=body,
    )


def delete(key_id: str = KEY, **params: str) -> func.HttpRequest:
    return func.HttpRequest(
        method="DELETE",
        url="http://127.0.0.1/",
        params=params,
        route_params={"keyId": key_id},
        body=b"",
    )


def pointers(request: func.HttpRequest) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        bodies.wish(request)
    assert all(fault.detail for fault in refused.value.faults)
    return sorted(fault.pointer for fault in refused.value.faults)


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_a_good_body_is_a_wish(media_type: str) -> None:
    wish = bodies.wish(post(media_type=media_type))
    assert (wish.idempotency_key, wish.display_name, wish.expires_on) == (
        KEY,
        "Secret by VM",
        date(2027, 5, 21),
    )


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/jsonp", "application/xml"])
def test_another_content_type_is_refused(media_type: str | None) -> None:
    with pytest.raises(UnsupportedContentType):
        bodies.wish(post(media_type=media_type))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", [""]),
        (b"{", [""]),
        (b"null", [""]),
        (b"[]", [""]),
        (b'"text"', [""]),
        (b"\xff\xfe{}", [""]),
        (GOOD + b" " * 5120, [""]),
        (b"{}", ["/displayName", "/expiresOn"]),
        (b'{"displayName": "a"}', ["/expiresOn"]),
        (b'{"displayName": 1, "expiresOn": "2027-05-21"}', ["/displayName"]),
        (b'{"displayName": null, "expiresOn": null}', ["/displayName", "/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": 20270521}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "21.05.2027"}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "2027-05-21T00:00:00Z"}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "20270521"}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "2027-02-29"}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "2027-13-01"}', ["/expiresOn"]),
        (b'{"displayName": "a", "expiresOn": "2027-05-21", "secretText": "b"}', ["/secretText"]),
        (b'{"displayName": "a", "expiresOn": "2027-05-21", "a/b~c": 1}', ["/a~1b~0c"]),
    ],
)
def test_each_fault_of_a_body_is_named_by_its_pointer(body: bytes, pointer: list[str]) -> None:
    assert pointers(post(body)) == pointer


@pytest.mark.parametrize("key", [None, "", "1", KEY + "0", "{" + KEY + "}", KEY.replace("-", "")])
def test_an_idempotency_key_is_a_uuid(key: str | None) -> None:
    assert pointers(post(key=key)) == ["/Idempotency-Key"]


def test_faults_of_header_and_body_are_named_together() -> None:
    assert pointers(post(b'{"displayName": "a"}', key=None)) == ["/Idempotency-Key", "/expiresOn"]


def test_a_fault_never_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidInput) as refused:
        bodies.wish(post(b'{"displayName": ["hush"], "expiresOn": "hush"}'))
    assert "hush" not in str(refused.value)


def test_a_key_id_is_a_guid_in_any_case() -> None:
    assert bodies.key_id(delete(KEY.upper())) == KEY


@pytest.mark.parametrize("key_id", ["", "x", "1234", KEY + "'", f"{KEY}|x"])
def test_another_key_id_is_refused(key_id: str) -> None:
    with pytest.raises(InvalidInput, match="/keyId"):
        bodies.key_id(delete(key_id))


@pytest.mark.parametrize(("given", "confirmed"), [("true", True), ("false", False), (None, False)])
def test_the_last_secret_is_confirmed_by_true_alone(given: str | None, *, confirmed: bool) -> None:
    params = {} if given is None else {"confirmLast": given}
    assert bodies.confirms_last(delete(**params)) is confirmed


@pytest.mark.parametrize("given", ["True", "1", "yes", "true "])
def test_another_confirmation_is_refused_rather_than_guessed(given: str) -> None:
    with pytest.raises(InvalidInput, match="/confirmLast"):
        bodies.confirms_last(delete(confirmLast=given))
