"""The whole rotation by keyboard alone."""

from playwright.sync_api import Locator, expect

from tests.browser.scenes import NEW, OLD, managed, secret
from tests.browser.visit import CREATE, DELETE, REVEAL, Visit, is_create
from tests.support.stack import Stack

FAR = 60


def reach(visit: Visit, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(FAR):
        if target.evaluate("each => each === document.activeElement"):
            expect(target).to_be_in_viewport()
            return
        visit.page.keyboard.press("Tab")
    raise AssertionError(f"{FAR} times Tab does not reach {target}")


def test_a_secret_is_replaced_without_touching_a_mouse(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    keyboard = visit.page.keyboard
    visit.open()
    reach(visit, visit.page.get_by_role("button", name="Sign in"))
    keyboard.press("Enter")
    reach(visit, visit.page.get_by_role("button", name=scene.jane["userPrincipalName"]))
    keyboard.press("Enter")

    reach(visit, visit.page.get_by_role("button", name=CREATE))
    keyboard.press("Enter")
    expect(visit.dialog(CREATE).get_by_label("Name", exact=True)).to_be_focused()
    keyboard.type(NEW)
    reach(visit, visit.dialog(CREATE).get_by_role("radio", name="12 months"))
    keyboard.press("ArrowUp")
    expect(visit.dialog(CREATE).get_by_role("radio", name="6 months")).to_be_checked()
    with visit.page.expect_response(is_create) as made:
        reach(visit, visit.dialog(CREATE).get_by_role("button", name="Create", exact=True))
        keyboard.press("Enter")
    expect(visit.dialog(REVEAL).get_by_role("button", name="Copy secret")).to_be_focused()
    keyboard.press("Enter")
    visit.told("The secret is copied.")
    reach(visit, visit.dialog(REVEAL).get_by_role("button", name="I have stored the value"))
    keyboard.press("Enter")
    expect(visit.dialog(REVEAL)).to_have_count(0)
    assert visit.clipboard() == made.value.json()["secretText"]

    reach(visit, visit.page.get_by_role("button", name=f"Delete secret {OLD}"))
    keyboard.press("Enter")
    expect(visit.dialog(DELETE).get_by_role("button", name="Keep secret")).to_be_focused()
    reach(visit, visit.dialog(DELETE).get_by_role("button", name=DELETE))
    keyboard.press("Enter")
    visit.told(f"The secret {OLD} is deleted.")
    assert [each["displayName"] for each in product.truth(scene.application["appId"])] == [NEW]


def test_escape_leaves_what_may_be_left(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    visit.start_create(scene.application)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    visit.start_delete(scene.application, OLD)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_the_first_stop_leads_past_the_header(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Skip to the applications")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("main")).to_be_focused()
