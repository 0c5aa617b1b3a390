"""How the page is served: to anyone, with nothing in it."""

import gzip
import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.stack import Stack, started

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'{authority}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
OF_ALL = {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
OF_THE_DOCUMENT = OF_ALL | {
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "clipboard-read=(), clipboard-write=(self)",
}


def among(wanted: dict[str, str], answer: httpx.Response) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in wanted}


def assets(document: str) -> list[str]:
    return re.findall(r'"(/manage-clients/assets/[^"]+)"', document)


def test_the_document_is_sent_with_every_header_of_its_design(running: Stack) -> None:
    answer = running.http.get(f"{running.functions}/manage-clients")
    assert answer.status_code == 200
    assert among(OF_THE_DOCUMENT, answer) == OF_THE_DOCUMENT
    authority = urlsplit(running.settings["TOKEN_AUTHORITY"])
    policy = POLICY.format(authority=f" {authority.scheme}://{authority.netloc}")
    assert answer.headers["content-security-policy"] == policy


def test_what_the_document_loads_is_kept_for_good_under_its_version(running: Stack) -> None:
    document = running.http.get(f"{running.functions}/manage-clients").text
    paths = assets(document)
    media = {}
    for path in paths:
        answer = running.http.get(running.functions + path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert among(OF_ALL, answer) == OF_ALL
        media[path.rpartition("/")[2]] = answer.headers["content-type"]
    assert media == {
        "app.js": "text/javascript; charset=utf-8",
        "style.css": "text/css; charset=utf-8",
    }


def test_under_another_version_there_is_what_there_is_for_this_once(running: Stack) -> None:
    answer = running.http.get(f"{running.functions}/manage-clients/assets/older/app.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "app.js.map", "..%2Findex.html", "%2e%2e%5cindex.html", ".built", "app%2ejs%00"],
)
def test_a_path_of_no_known_file_is_not_found(running: Stack, name: str) -> None:
    answer = running.http.get(f"{running.functions}/manage-clients/assets/v/{name}")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br;q=1.0, gzip;q=0.8", "gzip"),
        ("deflate,gzip", "gzip"),
        ("identity", None),
        ("", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0, br", None),
        ("xgzip", None),
    ],
)
def test_who_takes_it_is_sent_less(running: Stack, accepted: str, encoding: str | None) -> None:
    headers = {"Accept-Encoding": accepted}
    with running.http.stream(
        "GET", f"{running.functions}/manage-clients/assets/v/app.js", headers=headers
    ) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert "accept-encoding" in answer.headers["vary"].lower()
    plain = gzip.decompress(sent) if encoding else sent
    assert plain.startswith(b"var ")


@pytest.mark.parametrize("query", ["", "?from=mail&x=%0d%0aX: y"])
def test_the_other_address_leads_to_the_page_with_its_query(running: Stack, query: str) -> None:
    answer = running.http.get(f"{running.functions}/manage-api-credentials{query}")
    assert answer.status_code == 302
    location = urlsplit(answer.headers["location"])
    assert (location.scheme, location.netloc, location.path) == ("", "", "/manage-clients")
    assert ("from=mail" in location.query) == bool(query)
    assert "x" not in answer.headers


def test_without_settings_there_is_a_page_that_may_ask_its_own_host_alone() -> None:
    settings = {"REMINDER_SCHEDULE": "0 0 6-20 * * *"}
    with started("local.host", "--port", "0", settings=settings) as host:
        answer = httpx.get(f"{host.address()}/manage-clients")
        config = httpx.get(f"{host.address()}/api/config")
    assert (answer.status_code, config.status_code) == (200, 503)
    assert answer.headers["content-security-policy"] == POLICY.format(authority="")
