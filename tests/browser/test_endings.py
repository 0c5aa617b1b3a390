"""What is said, and what no longer happens, once a session is over or its refresh fails."""

import re
from urllib.parse import urlencode

from playwright.sync_api import Route, expect

from tests.browser.scenes import OLD, managed, secret
from tests.browser.test_arriving import asked
from tests.browser.test_session import (
    API,
    ENDED,
    KEPT,
    MINUTE,
    end_session,
    grants,
    restore,
    spoil,
)
from tests.browser.visit import CREATE, Visit
from tests.support.stack import Stack


def test_nobody_who_is_signed_out_is_warned_of_being_signed_out(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    end_session(visit, product, scene)
    visit.start_delete(scene.application, OLD)
    visit.page.get_by_role("button", name="Keep secret").click()
    expect(visit.page.get_by_role("main")).to_contain_text(ENDED)
    visit.page.clock.fast_forward(19 * MINUTE)
    visit.page.clock.run_for(2_000)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_a_deletion_that_was_not_sent_is_not_said_to_be_uncertain(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 91, name="Other"))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    visit.page.clock.fast_forward(21 * MINUTE)
    visit.page.clock.run_for(2_000)
    visit.confirm_delete()
    expect(dialog.get_by_role("alert")).to_contain_text(ENDED)
    expect(dialog).not_to_contain_text(re.compile("not known", re.IGNORECASE))
    assert visit.watch.sent("DELETE", "") == []


def test_an_authority_that_is_busy_for_a_moment_ends_no_session(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane)
    visit.watch.expect_status(401, 503)
    visit.page.route(API, spoil, times=1)
    told = {"error": "temporarily_unavailable"}
    headers = {"Access-Control-Allow-Origin": "*"}
    visit.page.route(
        "**/token", lambda route: route.fulfill(status=503, json=told, headers=headers), times=1
    )
    with visit.page.expect_response("**/token"):
        visit.start_delete(scene.application, OLD)
    visit.page.get_by_role("button", name="Keep secret").click()
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.get_by_text("could not be read again")).to_have_count(0)
    expect(visit.row(scene.application, OLD)).to_be_visible()
    assert grants(visit)[0] == "authorization_code"
    visit.create(scene.application)
    visit.close_reveal()


def test_a_refused_sign_in_is_told_beside_what_was_kept(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane)
    dialog = visit.start_create(scene.application)
    end_session(visit, product, scene)
    dialog.get_by_role("button", name="Create", exact=True).click()

    def refuse(route: Route) -> None:
        answer = {"error": "access_denied", "state": asked(route.request.url)["state"]}
        location = f"{visit.host}/manage-clients#{urlencode(answer)}"
        route.fulfill(status=302, headers={"Location": location})

    visit.page.route("**/authorize?*", refuse)
    dialog.get_by_role("button", name="Sign in").click()
    visit.told("You were not signed in (access_denied).")
    visit.told(re.compile(KEPT))
    visit.page.unroute("**/authorize?*")
    restore(visit, product, scene)
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.dialog(CREATE)).to_be_visible()
