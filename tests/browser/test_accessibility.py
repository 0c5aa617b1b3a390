"""Every state of the page: axe, target sizes and no sideways scroll, in both themes and widths."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.scenes import OLD, managed, secret, several
from tests.browser.visit import CREATE, Visit
from tests.support.worlds import MICROSOFT_GRAPH

SEARCH_AND_MATCH: Final = "5df05a6d-8ef0-49fe-9441-62cd9b540376"
MATCH_CONNECT: Final = "00f6f281-2c36-45a4-97ae-79d745265090"


def signed_out(visit: Visit) -> None:
    visit.open()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()


def loading(visit: Visit) -> None:
    scene = managed(visit.product)
    visit.product.trap("graph", "slow", milliseconds=10_000)
    visit.open()
    visit.page.get_by_role("button", name="Sign in").click()
    visit.page.get_by_role("button", name=scene.jane["userPrincipalName"]).click()
    expect(visit.page.get_by_text("Loading")).to_be_visible()


def the_list(visit: Visit) -> None:
    """Show every badge and kind of card: empty, all expired, nameless, not to be written."""
    product = visit.product
    world = product.world()
    jane = world.user("Jane Doe with a name that is much longer than names mostly are")
    group = world.group(jane)
    badges = [secret(product, days, name=f"Key {days}") for days in (300, 40, 20, 5, -1)]
    nameless = secret(product, 120, name=None, hint=None)
    reach = [(SEARCH_AND_MATCH, "Role"), (MATCH_CONNECT, "Role")]
    world.application(group, secrets=[*badges, nameless], permissions=reach)
    world.application(group, name="Partner-NL-Empty-DM")
    world.application(group, name="Partner-NL-Expired-DM", secrets=[secret(product, -9)])
    long = "Partner-NL-" + "VeryLong-Organisation-Name" * 3 + "-SMC"
    world.application(
        group,
        name=long,
        permissions=[(MICROSOFT_GRAPH, "Role")],
        secrets=[secret(product, 99, name="x" * 64)],
    )
    product.load(world)
    visit.sign_in(jane)
    expect(visit.page.get_by_role("region")).to_have_count(4)


def many(visit: Visit) -> None:
    scene = several(visit.product, *((secret(visit.product, 10 + n),) for n in range(12)))
    visit.sign_in(scene.jane, anchor=scene.applications[2]["appId"])
    visit.page.get_by_role("searchbox").fill("organisation")
    visit.told("12 of 12")


def nothing(visit: Visit) -> None:
    world = visit.product.world()
    jane = world.user()
    world.group(jane)
    visit.product.load(world)
    visit.sign_in(jane)


def no_role(visit: Visit) -> None:
    world = visit.product.world()
    jane = world.user()
    visit.product.load(world)
    visit.watch.expect_status(403)
    visit.sign_in(jane)


def failing(visit: Visit) -> None:
    scene = managed(visit.product)
    visit.product.trap("graph", "server_error", status=503, applied=False)
    visit.watch.expect_status(503)
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_role("alert")).to_be_visible()


def offline(visit: Visit) -> None:
    scene = managed(visit.product)
    visit.watch.expect_loss()
    visit.page.route("**/api/applications", lambda route: route.abort())
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_role("alert")).to_be_visible()


def ended(visit: Visit) -> None:
    scene = managed(visit.product)
    visit.sign_in(scene.jane)
    visit.watch.expect_status(401)
    claims = {"status": 401, "code": "invalid_token"}
    visit.page.route("**/api/**", lambda route: route.fulfill(status=401, json=claims))
    visit.page.get_by_role("button", name=CREATE).click()
    dialog = visit.dialog(CREATE)
    dialog.get_by_label("Name", exact=True).fill("Kept")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("button", name="Sign in")).to_be_visible()


def creating(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.sign_in(scene.jane)
    dialog = visit.start_create(scene.application, name="")
    dialog.get_by_role("radio", name="Another date").check()
    dialog.get_by_label("Last day on which it works").fill("2020-01-01")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_text("Enter a name.")).to_be_visible()


def unknown_outcome(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.sign_in(scene.jane)
    visit.watch.expect_loss()
    visit.page.route("**/secrets", lambda route: route.abort("connectionreset"))
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("button", name="Check again")).to_be_visible()


def lost(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.sign_in(scene.jane)
    visit.watch.expect_status(409)
    problem = {"status": 409, "code": "already_created", "keyId": "0" * 32}
    visit.page.route("**/secrets", lambda route: route.fulfill(status=409, json=problem))
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("button", name="start again")).to_be_visible()


def revealed(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.sign_in(scene.jane)
    visit.create(scene.application)
    visit.page.get_by_text("Request a token with it").click()
    visit.page.get_by_role("button", name="I have stored the value").click()
    expect(visit.page.get_by_text("You have not copied")).to_be_visible()


def deleting(visit: Visit) -> None:
    product = visit.product
    scene = managed(product, secret(product, 13), secret(product, 99, name="New"))
    visit.sign_in(scene.jane)
    visit.start_delete(scene.application, OLD)


def deleting_the_last(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    visit.confirm_delete()
    expect(dialog.get_by_text("That is not the name.")).to_be_visible()


def idle(visit: Visit) -> None:
    scene = managed(visit.product, secret(visit.product, 13))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    visit.page.clock.fast_forward(19 * 60_000)
    expect(visit.page.get_by_role("dialog")).to_be_visible()


STATES: Final[Mapping[str, Callable[[Visit], None]]] = {
    state.__name__: state
    for state in (
        *(signed_out, loading, the_list, many, nothing, no_role, failing, offline, ended),
        *(creating, unknown_outcome, lost, revealed, deleting, deleting_the_last, idle),
    )
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_has_no_violation_in_light_and_dark_narrow_and_wide(
    visit: Visit, state: str
) -> None:
    STATES[state](visit)
    faults = axe.faults(visit.page)
    assert not faults, "\n".join(faults)
