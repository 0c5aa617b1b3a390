"""What is said when the list can't be had."""

from playwright.sync_api import Route, expect

from tests.browser.scenes import OLD, managed, secret
from tests.browser.visit import Visit
from tests.support.stack import Stack

API = "**/api/applications"


def test_who_is_offline_is_told_so_and_tries_again(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.watch.expect_loss()

    def lose_the_network(route: Route) -> None:
        visit.context.set_offline(offline=True)
        route.abort()

    visit.page.route(API, lose_the_network)
    visit.sign_in(scene.jane)
    main = visit.page.get_by_role("main")
    expect(main).to_contain_text("offline")
    visit.page.unroute(API)
    visit.page.get_by_role("button", name="Try again").click()
    expect(main).to_contain_text("offline")
    visit.context.set_offline(offline=False)
    # Back on the network, the page needs nobody to ask.
    expect(visit.row(scene.application, OLD)).to_be_visible()


def test_a_fault_of_the_portal_is_told_with_the_trace_id_and_the_support_address(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    trace = "0123456789abcdef0123456789abcdef"
    problem = {"status": 500, "code": "internal_error", "traceId": trace}
    visit.watch.expect_status(500)
    visit.page.route(API, lambda route: route.fulfill(status=500, json=problem), times=1)
    visit.sign_in(scene.jane)
    main = visit.page.get_by_role("main")
    expect(main).to_contain_text(trace)
    expect(main.get_by_role("link", name=product.settings["SUPPORT_EMAIL"])).to_be_visible()
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


def test_who_is_in_too_many_groups_is_told_whom_to_write_to(visit: Visit, product: Stack) -> None:
    world = product.world()
    jane = world.user()
    for _ in range(201):
        world.group(jane)
    product.load(world)
    visit.watch.expect_status(403)
    visit.sign_in(jane)
    expect(visit.page.get_by_role("alert")).to_contain_text("too many groups")
    expect(visit.page.get_by_role("main")).to_contain_text(product.settings["SUPPORT_EMAIL"])
