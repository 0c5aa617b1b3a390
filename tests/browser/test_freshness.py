"""The list is the newest reading, or says that it is not."""

import re

from playwright.sync_api import APIResponse, Route, expect

from local.world_ids import DATA
from tests.browser.scenes import OLD, Scene, managed, secret, several
from tests.browser.visit import CREATE, Visit
from tests.support.stack import Stack
from tests.support.worlds import MICROSOFT_GRAPH, new_id

LIST = "**/api/applications"
RENAMED = "Partner-NL-OrganisationName-DM"
SETTLED = "() => new Promise((done) => setTimeout(done))"


def test_a_reading_that_comes_late_does_not_bring_a_deleted_secret_back(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 91, name="Other"))
    visit.sign_in(scene.jane)
    held: list[tuple[Route, APIResponse]] = []
    visit.page.route(LIST, lambda route: held.append((route, route.fetch())), times=1)
    with visit.page.expect_request(LIST):
        visit.start_delete(scene.application, OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    expect(visit.rows(scene.application)).to_have_count(1)
    ((route, early),) = held
    with visit.page.expect_response(LIST) as late:
        route.fulfill(response=early)
    late.value.finished()
    visit.page.evaluate(SETTLED)
    expect(visit.rows(scene.application)).to_have_count(1)


def test_a_list_that_cannot_be_read_again_says_so_and_is_read_on_demand(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 91, name="Other"))
    visit.sign_in(scene.jane)
    with visit.page.expect_response(LIST):
        visit.start_delete(scene.application, OLD)
    visit.watch.expect_status(503)
    problem = {"status": 503, "code": "directory_unavailable"}
    visit.page.route(LIST, lambda route: route.fulfill(status=503, json=problem))
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    visit.told("The list could not be read again: it may be out of date.")
    visit.page.unroute(LIST)
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.rows(scene.application)).to_have_count(1)
    expect(visit.page.get_by_text("could not be read again")).to_have_count(0)


def change(product: Stack, scene: Scene, *resources: str, name: str = RENAMED) -> None:
    """Give the application another name and other permissions."""
    scene.application["displayName"] = name
    scene.application["requiredResourceAccess"] = [
        {"resourceAppId": each, "resourceAccess": [{"id": new_id(), "type": "Role"}]}
        for each in resources
    ]
    product.load(scene.world)


def come_back(visit: Visit) -> None:
    """Look at the page again after a while; return once the list was read."""
    visit.page.clock.fast_forward(6 * 60_000)
    # Else the page asks after a while whether anybody is there.
    visit.page.keyboard.press("Shift")
    with visit.page.expect_response(LIST) as read:
        visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    read.value.finished()


def test_the_head_of_a_card_follows_a_newer_reading_and_focus_stays_on_its_button(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    create = visit.card(scene.application).get_by_role("button", name=CREATE)
    create.focus()
    change(product, scene, DATA)
    come_back(visit)
    card = visit.card(scene.application)
    expect(card.get_by_role("heading", name=RENAMED)).to_be_visible()
    expect(card.get_by_role("list", name="May reach")).to_have_text("Data Manager · production")
    create = card.get_by_role("button", name=f"{CREATE} for {RENAMED}", exact=True)
    expect(create).to_be_focused()

    change(product, scene, MICROSOFT_GRAPH)
    come_back(visit)
    expect(card.get_by_text("not change it here")).to_be_visible()
    expect(card.get_by_role("button", name=re.compile("Create|Delete"))).to_have_count(0)
    expect(card.get_by_role("list", name="May reach")).to_have_count(0)
    expect(visit.page.get_by_role("main")).to_be_focused()

    change(product, scene, DATA)
    come_back(visit)
    expect(create).to_be_visible()


def test_focus_stays_on_a_secret_of_which_nothing_changed(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    card = visit.card(scene.application)
    remove = card.get_by_role("button", name=f"Delete secret {OLD}")
    remove.focus()
    change(product, scene, DATA, name=scene.application["displayName"])
    come_back(visit)
    expect(card.get_by_role("list", name="May reach")).to_have_text("Data Manager · production")
    expect(remove).to_be_focused()


def test_the_name_of_a_folded_card_follows_and_focus_stays_on_it(
    visit: Visit, product: Stack
) -> None:
    scene = several(product, *((secret(product, 90 + n),) for n in range(7)))
    visit.page.clock.install()
    visit.sign_in(scene.jane)
    scene.applications[3]["displayName"] = RENAMED
    visit.page.get_by_role("button", name="Partner-NL-OrganisationD-SMC", exact=True).focus()
    product.load(scene.world)
    come_back(visit)
    expect(visit.page.get_by_role("button", name=RENAMED, exact=True)).to_be_focused()


def test_a_link_to_an_application_unfolds_it_the_second_time_too(
    visit: Visit, product: Stack
) -> None:
    scene = several(product, *((secret(product, 3 + 100 * n),) for n in range(7)))
    pressing = scene.applications[0]
    visit.sign_in(scene.jane)
    link = visit.page.get_by_role("link", name=pressing["displayName"])
    fold = visit.card(pressing).get_by_role("button", name=pressing["displayName"], exact=True)
    link.click()
    expect(visit.row(pressing, OLD)).to_be_visible()
    fold.click()
    expect(visit.rows(pressing)).to_have_count(0)
    link.click()
    expect(visit.row(pressing, OLD)).to_be_visible()


def test_a_message_that_is_not_there_has_no_frame_in_forced_colours(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product)
    visit.page.emulate_media(forced_colors="active")
    visit.sign_in(scene.jane)
    width = "each => getComputedStyle(each).borderTopWidth"
    assert visit.page.locator("#told").evaluate(width) == "0px"
    visit.create(scene.application)
    visit.close_reveal()
    expect(visit.page.locator("#told")).not_to_be_empty()
    assert visit.page.locator("#told").evaluate(width) == "1px"
