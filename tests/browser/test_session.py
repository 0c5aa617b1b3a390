"""How long a session lasts, and what is kept when it ends or needs more proof."""

import json
import re
from urllib.parse import parse_qs

from playwright.sync_api import Request, Route, expect

from tests.browser.scenes import NEW, OLD, Scene, managed, secret
from tests.browser.test_arriving import asked
from tests.browser.test_create import keys
from tests.browser.visit import CREATE, REVEAL, Visit
from tests.support.stack import Stack

ENDED = "Your session has ended."
KEPT = "what you typed is kept"
API = "**/api/applications**"
MINUTE = 60_000
CAPABLE = {"xms_cc": ["cp1"]}


def grants(visit: Visit) -> list[str]:
    """Return the kinds of grant that tokens were asked for with, in order."""
    return [_form(each)["grant_type"] for each in visit.watch.sent("POST", "/token")]


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.post_data or "").items()}


def stay_active(visit: Visit, minutes: int) -> None:
    """Let time pass in the browser, a key pressed every 15 minutes of it."""
    for _ in range(minutes // 15):
        visit.page.clock.fast_forward(15 * MINUTE)
        visit.page.keyboard.press("Shift")


def spoil(route: Route) -> None:
    """Send a request with a token that is none."""
    route.continue_(headers={**route.request.headers, "authorization": "Bearer spoiled"})


def end_session(visit: Visit, product: Stack, scene: Scene) -> None:
    """Make the access token worthless and the refresh token refused, as a revocation does."""
    visit.watch.expect_status(400, 401)
    visit.page.route(API, spoil)
    scene.jane["accountEnabled"] = False
    product.load(scene.world)


def restore(visit: Visit, product: Stack, scene: Scene) -> None:
    visit.page.unroute(API)
    scene.jane["accountEnabled"] = True
    product.load(scene.world)


def test_an_access_token_is_refreshed_before_it_ends_and_the_refresh_token_changes_each_time(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    for _ in range(2):
        stay_active(visit, 105)
        with visit.page.expect_response(API) as answered:
            visit.start_delete(scene.application, OLD)
        assert answered.value.status == 200
        visit.page.get_by_role("button", name="Keep secret").click()
    assert grants(visit) == ["authorization_code", "refresh_token", "refresh_token"]
    first, second = (_form(each) for each in visit.watch.sent("POST", "/token")[1:])
    assert first["refresh_token"] != second["refresh_token"]
    assert "cp1" in first["claims"]
    assert {"openid", "offline_access"} < set(second["scope"].split())


def test_a_refused_token_is_refreshed_once_and_the_request_repeated(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 91, name="Other"))
    visit.sign_in(scene.jane)
    visit.watch.expect_status(401)
    visit.page.route(API, spoil, times=1)
    with visit.page.expect_response(lambda answer: answer.status == 200):
        visit.start_delete(scene.application, OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    assert grants(visit) == ["authorization_code", "refresh_token"]


def test_after_18_idle_minutes_one_is_asked_and_may_stay(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.page.clock.fast_forward(17 * MINUTE)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    visit.page.clock.fast_forward(MINUTE + 2_000)
    warning = visit.page.get_by_role("dialog")
    expect(warning).to_contain_text("in 2 minutes")
    warning.get_by_role("button", name="Stay signed in").click()
    visit.page.clock.fast_forward(10 * MINUTE)
    expect(visit.rows(scene.application)).to_have_count(1)


def test_after_20_idle_minutes_the_tokens_are_dropped(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.page.clock.fast_forward(19 * MINUTE)
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.page.clock.fast_forward(MINUTE + 2_000)
    expect(visit.page.get_by_role("main")).to_contain_text(ENDED)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    assert OLD not in visit.content()
    before = len(visit.watch.requests)
    visit.page.clock.fast_forward(60 * MINUTE)
    visit.page.keyboard.press("Shift")
    assert len(visit.watch.requests) == before
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.row(scene.application, OLD)).to_be_visible()


def test_an_open_reveal_outlives_the_session(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    value = visit.create(scene.application)
    visit.page.clock.fast_forward(21 * MINUTE)
    visit.page.clock.run_for(2_000)
    dialog = visit.dialog(REVEAL)
    expect(dialog.get_by_text(value, exact=True)).to_be_visible()
    visit.close_reveal()
    assert visit.clipboard() == value
    expect(visit.page.get_by_role("main")).to_contain_text(ENDED)


def test_what_was_typed_when_the_session_ended_is_there_after_the_sign_in(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane)
    dialog = visit.start_create(scene.application, "Secret by JD, typed with care")
    dialog.get_by_role("radio", name="6 months").check()
    end_session(visit, product, scene)
    dialog.get_by_role("button", name="Create", exact=True).click()
    visit.told(re.compile(KEPT))
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Secret by JD, typed with care")

    restore(visit, product, scene)
    dialog.get_by_role("button", name="Sign in").click()
    again = visit.dialog(CREATE)
    expect(again.get_by_label("Name", exact=True)).to_have_value("Secret by JD, typed with care")
    expect(again.get_by_role("radio", name="6 months")).to_be_checked()
    again.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    assert visit.page.evaluate("sessionStorage.length") == 0
    assert len(product.truth(scene.application["appId"])) == 2


def test_what_was_typed_outlives_an_idle_session_too(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.start_create(scene.application, "Secret by JD, left alone")
    visit.page.clock.fast_forward(21 * MINUTE)
    visit.page.clock.run_for(2_000)
    dialog = visit.dialog(CREATE)
    dialog.get_by_role("button", name="Create", exact=True).click()
    visit.told(re.compile(KEPT))
    dialog.get_by_role("button", name="Sign in").click()
    field = visit.dialog(CREATE).get_by_label("Name", exact=True)
    expect(field).to_have_value("Secret by JD, left alone")
    assert len(product.truth(scene.application["appId"])) == 1


def test_a_session_that_ended_behind_the_list_leads_to_the_sign_in(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 91, name="Other"))
    visit.sign_in(scene.jane)
    end_session(visit, product, scene)
    visit.start_delete(scene.application, OLD)
    visit.confirm_delete()
    visit.told(ENDED)
    assert len(product.truth(scene.application["appId"])) == 2


def test_a_host_that_demands_a_second_factor_gets_it_by_a_detour(
    demanding_visit: Visit, product: Stack
) -> None:
    visit = demanding_visit
    scene = managed(product, secret(product, 90))
    visit.watch.expect_status(401)
    visit.sign_in(scene.jane, anchor=scene.application["appId"])
    expect(visit.card(scene.application)).to_be_focused()
    first, second = (
        json.loads(asked(e.url)["claims"]) for e in visit.watch.sent("GET", "/authorize")
    )
    assert "acrs" not in first["access_token"]
    assert second["access_token"]["acrs"] == {"essential": True, "value": "c1"}
    assert second["access_token"]["xms_cc"] == {"values": ["cp1"]}
    visit.create(scene.application)
    visit.close_reveal()


def test_what_was_typed_is_kept_over_the_detour_for_a_second_factor(
    visit: Visit, demanding: str, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane)
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("radio", name="3 months").check()
    # The demand comes in the middle, as when operations switch it on.
    visit.watch.expect_status(401)
    visit.watch.own |= {demanding}
    visit.page.route(
        API, lambda route: route.continue_(url=route.request.url.replace(visit.host, demanding))
    )
    dialog.get_by_role("button", name="Create", exact=True).click()
    visit.page.wait_for_url("**/manage-clients")
    again = visit.dialog(CREATE)
    expect(again.get_by_label("Name", exact=True)).to_have_value(NEW)
    expect(again.get_by_role("radio", name="3 months")).to_be_checked()
    again.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    assert len(visit.watch.sent("GET", "/authorize")) == 2
    assert len({*keys(visit)}) == 1
    assert len(product.truth(scene.application["appId"])) == 2


def test_a_demand_that_the_sign_in_does_not_meet_ends_in_words_and_not_in_a_circle(
    demanding_visit: Visit, product: Stack
) -> None:
    visit = demanding_visit
    scene = managed(product, secret(product, 90))
    visit.watch.expect_status(401)
    visit.page.route(
        API,
        lambda route: route.continue_(
            headers={
                **route.request.headers,
                "authorization": f"Bearer {product.token(scene.jane, claims=CAPABLE)}",
            }
        ),
    )
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_role("alert")).to_contain_text("multi-factor authentication")
    assert len(visit.watch.sent("GET", "/authorize")) == 2
