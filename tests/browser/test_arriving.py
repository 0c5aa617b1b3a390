"""Signing in, the mails' links, signing out."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Browser, Route, expect

from tests.browser.scenes import OLD, managed, secret, several
from tests.browser.visit import Visit, visiting
from tests.support.stack import Stack, running_host


def asked(address: str) -> Mapping[str, str]:
    """Return the parameters of a request to the sign-in."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_who_is_signed_out_is_told_what_the_page_is_for(visit: Visit) -> None:
    visit.open()
    main = visit.page.get_by_role("main")
    expect(main.get_by_role("heading", name="Manage API Credentials")).to_be_visible()
    expect(main).to_contain_text("Create and delete the client secrets")
    expect(main.get_by_role("link", name="MFA user guide")).to_be_visible()
    assert [each for each in visit.watch.addresses() if "/api/" in each] == [
        f"{visit.host}/api/config"
    ]


def test_the_sign_in_is_asked_for_a_code_with_a_proof_and_for_nothing_secret(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    (request,) = visit.watch.sent("GET", "/authorize")
    told = asked(request.url)
    assert (told["response_type"], told["code_challenge_method"]) == ("code", "S256")
    assert told["redirect_uri"] == f"{visit.host}/manage-clients"
    assert set(told["scope"].split()) == {
        *("openid", "profile", "offline_access"),
        f"api://{product.settings['PORTAL_CLIENT_ID']}/{product.settings['REQUIRED_SCOPE']}",
    }
    assert '"xms_cc"' in told["claims"]
    assert "cp1" in told["claims"]


def test_after_the_sign_in_no_code_is_in_the_address_nor_a_token_in_the_storage(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    expect(visit.card(scene.application)).to_be_visible()
    assert visit.page.url == f"{visit.host}/manage-clients"
    kept = visit.page.evaluate("[JSON.stringify(localStorage), JSON.stringify(sessionStorage)]")
    assert kept == ["{}", "{}"]
    assert [c["name"] for c in visit.context.cookies(visit.host)] == ["identity-simulator-session"]


def test_a_mails_link_lands_on_its_application_through_the_sign_in(
    visit: Visit, product: Stack
) -> None:
    scene = several(product, *((secret(product, 90 + n),) for n in range(9)))
    wanted = scene.applications[7]
    visit.sign_in(scene.jane, anchor=wanted["appId"])
    expect(visit.card(wanted)).to_be_focused()
    expect(visit.card(wanted)).to_be_in_viewport()
    expect(visit.row(wanted, OLD)).to_be_visible()
    expect(visit.page.get_by_role("table")).to_have_count(1)
    assert visit.page.url.endswith(f"#{wanted['appId']}")


def test_a_link_followed_while_signed_in_lands_there_too(visit: Visit, product: Stack) -> None:
    scene = several(product, *((secret(product, 90 + n),) for n in range(9)))
    wanted = scene.applications[8]
    visit.sign_in(scene.jane)
    visit.open(wanted["appId"])
    expect(visit.card(wanted)).to_be_focused()
    expect(visit.row(wanted, OLD)).to_be_visible()


def test_a_link_to_an_application_of_somebody_else_shows_the_list(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane, anchor="0f000000-0000-4000-8000-00000000000f")
    expect(visit.rows(scene.application)).to_have_count(1)


def test_the_old_address_leads_to_the_page_and_keeps_the_application(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.goto(f"{visit.host}/manage-api-credentials#{scene.application['appId']}")
    visit.pass_sign_in(scene.jane)
    expect(visit.card(scene.application)).to_be_focused()


def test_signing_out_ends_the_session_at_the_authority_too(visit: Visit, product: Stack) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    visit.page.get_by_role("button", name="Sign out").click()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert visit.page.url.startswith(f"{visit.host}/manage-clients")
    # The browser's history keeps that address: no token is in it.
    (request,) = visit.watch.sent("GET", "/logout")
    assert asked(request.url).keys() == {"client_id", "post_logout_redirect_uri"}
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.get_by_role("heading", name="Sign in as")).to_be_visible()


def test_a_sign_in_that_the_authority_refuses_is_told(visit: Visit, product: Stack) -> None:
    managed(product)

    def refuse(route: Route) -> None:
        told = {"error": "access_denied", "state": asked(route.request.url)["state"]}
        location = f"{visit.host}/manage-clients#{urlencode(told)}"
        route.fulfill(status=302, headers={"Location": location})

    visit.page.route("**/authorize?*", refuse)
    visit.open()
    visit.page.get_by_role("button", name="Sign in").click()
    visit.told("You were not signed in (access_denied).")
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_address_of_a_sign_in_of_long_ago_is_no_error(visit: Visit) -> None:
    visit.open("code=1.old&state=0123456789abcdef")
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(visit.page.get_by_role("alert")).to_have_count(0)
    assert "code" not in visit.page.url


def test_an_authority_that_is_away_is_told_and_tried_again(visit: Visit, product: Stack) -> None:
    scene = managed(product)
    product.trap("identity", "metadata_down")
    visit.watch.expect_status(503)
    visit.watch.expect_loss()
    visit.open()
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.get_by_role("alert")).to_be_visible()
    expect(visit.page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
    product.calm()
    visit.page.get_by_role("button", name="Try again").click()
    visit.pick(scene.jane)
    expect(visit.card(scene.application)).to_be_visible()


def test_a_portal_that_is_not_set_up_says_that_it_is_away(
    product: Stack, chromium: Browser
) -> None:
    settings = {
        name: product.settings[name] for name in product.settings if name != "SUPPORT_EMAIL"
    }
    with running_host(settings) as host, visiting(chromium, product, host.address()) as visit:
        visit.watch.expect_status(503)
        visit.open()
        expect(visit.page.get_by_role("alert")).to_contain_text("not set up completely")
        expect(visit.page.get_by_role("main")).to_contain_text("Trace ID:")
        expect(visit.page.get_by_role("button", name="Try again")).to_be_visible()
        assert visit.watch.faults() == []
