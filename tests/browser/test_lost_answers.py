"""A create whose answer does not arrive: the same key again, and the truth about the outcome."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.scenes import NEW, Scene, managed, secret
from tests.browser.test_create import keys
from tests.browser.test_session import KEPT, end_session, restore
from tests.browser.visit import CREATE, REVEAL, Visit, is_create
from tests.support.stack import Stack

UNKNOWN = "it is not known whether the secret was created"
IN_DOUBT = f"It is not known whether “{NEW}” was created. If it is in the list once you close this"
WRITES = "**/secrets"


@pytest.fixture
def scene(visit: Visit, product: Stack) -> Scene:
    """Sign Jane in, who manages one application with one secret."""
    made = managed(product, secret(product, 13))
    visit.sign_in(made.jane)
    return made


def press(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name=name, exact=True).click()


def lose_answer(route: Route) -> None:
    """Let the request reach the server, and break the connection before the answer."""
    route.fetch()
    break_off(route)


def break_off(route: Route) -> None:
    """Break the connection."""
    route.abort("connectionreset")


def left_unknown(visit: Visit, scene: Scene, fault: Callable[[Route], None]) -> Locator:
    """Ask for a secret over a connection with this fault; return the dialog that says so."""
    visit.watch.expect_loss()
    visit.page.route(WRITES, fault)
    dialog = visit.start_create(scene.application)
    press(dialog, "Create")
    visit.told(UNKNOWN)
    return dialog


def test_a_lost_answer_is_not_taken_for_a_failure_and_the_lost_secret_is_replaced(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    visit.watch.expect_status(409)
    dialog = left_unknown(visit, scene, lose_answer)
    expect(dialog.get_by_label("Name", exact=True)).to_be_disabled()
    assert len(product.truth(scene.application["appId"])) == 2

    visit.page.unroute(WRITES)
    press(dialog, "Check again")
    visit.told("The secret was created, but its value was lost on the way")
    press(dialog, "Delete that one and start again")
    visit.told("The lost secret is deleted.")
    assert len(product.truth(scene.application["appId"])) == 1

    press(dialog, "Create")
    expect(visit.dialog(REVEAL)).to_be_visible()
    first, again, other = keys(visit)
    assert first == again != other
    assert len(product.truth(scene.application["appId"])) == 2


def test_a_request_that_never_arrived_is_carried_out_by_the_same_key(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    dialog = left_unknown(visit, scene, break_off)
    assert len(product.truth(scene.application["appId"])) == 1
    visit.page.unroute(WRITES)
    press(dialog, "Check again")
    expect(visit.dialog(REVEAL)).to_be_visible()
    first, again = keys(visit)
    assert first == again
    assert len(product.truth(scene.application["appId"])) == 2


def test_who_leaves_while_the_outcome_is_unknown_is_told_what_to_look_for(
    visit: Visit, scene: Scene
) -> None:
    dialog = left_unknown(visit, scene, lose_answer)
    press(dialog, "Cancel")
    visit.told("nobody has its value: delete it")
    expect(visit.row(scene.application, NEW)).to_be_visible()


def test_a_create_under_way_is_waited_for_and_ends_in_one_secret_whose_value_is_shown(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.watch.expect_status(409, 503)
    product.trap("graph", "drop_answer", method="POST", pathContains="addPassword", times=1)
    dialog = visit.start_create(scene.application)
    press(dialog, "Create")
    visit.told("its answer was lost")
    press(dialog, "Check again")
    visit.told("Your first request is still under way.")
    # Its lease runs out; what it left behind is removed, and seen to be gone for good.
    for minutes in (6, 17, 18):
        product.move(timedelta(minutes=minutes))
        with visit.page.expect_response(is_create):
            visit.page.clock.run_for(6_000)
    expect(visit.dialog(REVEAL)).to_be_visible()
    sent = keys(visit)
    assert len({*sent[:-1]}) == 1
    assert sent[-1] != sent[0]
    names = [each["displayName"] for each in product.truth(scene.application["appId"])]
    assert names.count(NEW) == 1


def test_a_create_that_stays_under_way_is_not_waited_for_for_ever(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.watch.expect_status(409)
    problem = {"status": 409, "code": "in_progress", "retryAfterSeconds": 5}
    visit.page.route(WRITES, lambda route: route.fulfill(status=409, json=problem))
    dialog = visit.start_create(scene.application)
    press(dialog, "Create")
    visit.told("Your first request is still under way.")
    for _ in range(8):
        with visit.page.expect_response(is_create):
            visit.page.clock.run_for(6_000)
    visit.told("still being settled, which can take half an hour")
    expect(dialog.get_by_role("button", name="Check again")).to_be_enabled()
    assert len({*keys(visit)}) == 1


def test_what_was_typed_stays_open_until_the_outcome_is_known(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    visit.watch.expect_status(503)
    product.trap("graph", "server_error", status=503, applied=False, method="GET")
    dialog = visit.start_create(scene.application)
    press(dialog, "Create")
    visit.told("Microsoft Entra ID does not answer")
    product.calm()
    dialog.get_by_role("button", name="Check again").click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    assert len({*keys(visit)}) == 1
    expect(visit.dialog(CREATE)).to_have_count(0)


def test_who_leaves_a_lost_secret_where_it_is_finds_it_in_the_list(
    visit: Visit, scene: Scene
) -> None:
    visit.watch.expect_status(409)
    dialog = left_unknown(visit, scene, lose_answer)
    visit.page.unroute(WRITES)
    press(dialog, "Check again")
    visit.told("The secret was created, but its value was lost on the way")
    press(dialog, "Cancel")
    expect(visit.row(scene.application, NEW)).to_be_visible()


def test_a_refusal_of_the_day_after_does_not_deny_what_was_made_the_day_before(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    visit.watch.expect_loss()
    visit.watch.expect_status(422)
    visit.page.route(WRITES, lose_answer)
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("radio", name="Another date").check()
    day = dialog.get_by_label("Last day on which it works")
    day.fill(day.get_attribute("min") or "")
    press(dialog, "Create")
    visit.told(UNKNOWN)
    visit.page.unroute(WRITES)
    product.move(timedelta(days=1))
    press(dialog, "Check again")
    visit.told(IN_DOUBT)
    expect(day).to_be_focused()
    expect(day).to_have_attribute("aria-invalid", "true")

    press(dialog, "Cancel")
    visit.told("nobody has its value: delete it")
    expect(visit.row(scene.application, NEW)).to_be_visible()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "application_privileged"),
        (403, "role_missing"),
        (403, "step_up_unsupported"),
        (403, "too_many_groups"),
        (404, "not_found"),
        (415, "unsupported_media_type"),
        (422, "idempotency_key_reused"),
        (422, "invalid_input"),
    ],
)
def test_a_refusal_that_says_nothing_of_the_first_request_leaves_it_in_doubt(
    visit: Visit, product: Stack, scene: Scene, status: int, code: str
) -> None:
    dialog = left_unknown(visit, scene, lose_answer)
    visit.page.unroute(WRITES)
    visit.watch.expect_status(status)
    refusal = {"status": status, "code": code}
    visit.page.route(WRITES, lambda route: route.fulfill(status=status, json=refusal), times=1)
    press(dialog, "Check again")
    visit.told(IN_DOUBT)
    name = dialog.get_by_label("Name", exact=True)
    expect(name).to_be_enabled()
    name.fill(f"{NEW}, another")
    press(dialog, "Create")
    expect(visit.dialog(REVEAL)).to_be_visible()
    first, again, other = keys(visit)
    assert first == again != other
    assert len(product.truth(scene.application["appId"])) == 3


def test_a_refusal_that_knows_of_the_first_request_leaves_no_doubt(
    visit: Visit, scene: Scene
) -> None:
    dialog = left_unknown(visit, scene, break_off)
    visit.page.unroute(WRITES)
    visit.watch.expect_status(422)
    refusal = {"status": 422, "code": "too_many_secrets"}
    visit.page.route(WRITES, lambda route: route.fulfill(status=422, json=refusal))
    press(dialog, "Check again")
    visit.told("as many secrets as it may have")
    expect(dialog.get_by_text("It is not known")).to_have_count(0)
    press(dialog, "Cancel")
    expect(visit.page.get_by_text("It is not known")).to_have_count(0)


def test_a_request_that_is_asked_about_the_day_after_is_the_same_to_the_day(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    visit.watch.expect_status(409)
    dialog = left_unknown(visit, scene, lose_answer)
    visit.page.unroute(WRITES)
    end_session(visit, product, scene)
    press(dialog, "Check again")
    visit.told(re.compile(KEPT))
    restore(visit, product, scene)
    product.move(timedelta(days=1))
    press(dialog, "Sign in")
    again = visit.dialog(CREATE)
    press(again, "Check again")
    visit.told("The secret was created, but its value was lost on the way")
    bodies = {each.post_data for each in visit.watch.sent("POST", "/secrets")}
    assert len(bodies) == 1
