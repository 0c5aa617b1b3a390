"""What is said when the list can't be had."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.scenes import OLD, managed, secret
from tests.browser.visit import Visit
from tests.support.stack import Stack

API = "**/api/applications"


def test_who_is_offline_is_told_so_and_tries_again(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.watch.expect_loss()
    visit.page.route(API, lambda route: (visit.context.set_offline(True), route.abort()))
    visit.sign_in(scene.jane)
    main = visit.page.get_by_role("main")
    expect(main).to_contain_text("offline")
    visit.page.unroute(API)
    visit.page.get_by_role("button", name="Try again").click()
    expect(main).to_contain_text("offline")
    visit.context.set_offline(False)
    # Back on the network, the page needs nobody to ask.
    expect(visit.row(scene.application, OLD)).to_be_visible()


def test_a_fault_of_the_portal_is_told_with_the_trace_id_and_the_support_address(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    product.trap("graph", "malformed_page")
    visit.watch.expect_status(500, 503)
    with visit.page.expect_response(API) as failed:
        visit.sign_in(scene.jane)
    main = visit.page.get_by_role("main")
    expect(main.get_by_text(failed.value.json()["traceId"])).to_be_visible()
    expect(main.get_by_role("link", name=product.settings["SUPPORT_EMAIL"])).to_be_visible()
    product.calm()
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.row(scene.application, OLD)).to_be_visible()


def test_an_answer_of_something_on_the_way_is_told_too(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.watch.expect_status(502)

    def gateway(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")

    visit.page.route(API, gateway)
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_role("alert")).to_be_visible()
    expect(visit.page.get_by_role("main")).not_to_contain_text("Bad gateway")
    expect(visit.page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_directory_that_is_away_is_named(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    product.trap("graph", "server_error", status=503, applied=False)
    visit.watch.expect_status(503)
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_role("alert")).to_contain_text("Microsoft Entra ID")
    expect(visit.page.get_by_role("alert")).to_contain_text("Trace ID:")


@pytest.mark.parametrize("count", [201])
def test_who_is_in_too_many_groups_is_told_whom_to_write_to(
    visit: Visit, product: Stack, count: int
) -> None:
    world = product.world()
    jane = world.user()
    for _ in range(count):
        world.group(jane)
    product.load(world)
    visit.watch.expect_status(403)
    visit.sign_in(jane)
    expect(visit.page.get_by_role("alert")).to_contain_text("more groups than")
    expect(visit.page.get_by_role("main")).to_contain_text(product.settings["SUPPORT_EMAIL"])
