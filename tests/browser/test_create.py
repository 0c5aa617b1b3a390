"""Asking for a new secret."""

import json
import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.scenes import NEW, Scene, managed, secret
from tests.browser.visit import CREATE, REVEAL, Visit, is_create
from tests.support.stack import Stack


@pytest.fixture
def scene(visit: Visit, product: Stack) -> Scene:
    """Sign Jane in, who manages one application with one secret."""
    made = managed(product, secret(product, 13))
    visit.sign_in(made.jane)
    return made


def spoken(day: date) -> str:
    """Return a day as the page writes it."""
    return f"{day:%a} {day.day} {day:%b %Y}".replace("Sep ", "Sept ")


def keys(visit: Visit) -> list[str]:
    """Return the Idempotency-Keys of the creates so far."""
    return [each.headers["idempotency-key"] for each in visit.watch.sent("POST", "/secrets")]


def test_twelve_months_are_the_default_and_the_reminders_are_foretold(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    dialog = visit.start_create(scene.application)
    expect(dialog.get_by_role("radio", name="12 months")).to_be_checked()
    today = product.now().date()
    last = today + timedelta(days=364)
    preview = dialog.get_by_role("status")
    expect(preview).to_contain_text(f"Valid through {spoken(last)}, 23:59 UTC")
    expect(preview).to_contain_text("reminders on")
    expect(preview).to_contain_text(f"daily from {spoken(last - timedelta(days=7))[4:]}")
    dialog.get_by_role("radio", name="3 months").check()
    expect(preview).not_to_contain_text(spoken(last))
    expect(dialog).to_contain_text("Include your own name")


def test_a_day_of_ones_own_is_taken_within_the_servers_limits(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("radio", name="Another date").check()
    day = dialog.get_by_label("Last day on which it works")
    latest = product.now().date() + timedelta(days=364)
    day.fill(f"{latest + timedelta(days=1)}")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(day).to_be_focused()
    expect(day).to_have_accessible_description(
        re.compile(rf"From .* to {latest.day} .*Choose a day from .*")
    )
    wanted = product.now().date() + timedelta(days=10)
    day.fill(f"{wanted}")
    expect(dialog.get_by_role("status")).to_contain_text(f"Valid through {spoken(wanted)}")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    kept = {each["displayName"]: each for each in product.truth(scene.application["appId"])}
    assert kept[NEW]["endDateTime"].startswith(f"{wanted}T23:59:59")


@pytest.mark.parametrize(
    ("name", "fault"), [("   ", "Enter a name."), ("x" * 65, "Use at most 64 characters.")]
)
def test_a_name_that_breaks_a_rule_is_told_beside_its_field(
    visit: Visit, scene: Scene, name: str, fault: str
) -> None:
    dialog = visit.start_create(scene.application, name)
    dialog.get_by_role("button", name="Create", exact=True).click()
    field = dialog.get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(f"Include your own name.*{fault}"))
    expect(field).to_have_attribute("aria-invalid", "true")
    assert keys(visit) == []


def test_however_often_the_button_is_pressed_one_secret_is_made(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    product.trap("graph", "slow", milliseconds=300)
    dialog = visit.start_create(scene.application)
    button = dialog.get_by_role("button", name="Create", exact=True)
    button.dblclick()
    expect(dialog.get_by_role("button", name="Creating…")).to_be_visible()
    dialog.get_by_role("button", name="Creating…").click(force=True)
    visit.page.keyboard.press("Enter")
    expect(visit.dialog(REVEAL)).to_be_visible()
    assert len(keys(visit)) == 1
    assert len(product.truth(scene.application["appId"])) == 2


def test_a_date_that_a_policy_refuses_is_told_beside_the_date_and_another_is_taken(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    product.trap("graph", "policy_lifetime", days=30)
    visit.watch.expect_status(422)
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("button", name="Create", exact=True).click()
    day = dialog.get_by_label("Last day on which it works")
    expect(day).to_be_focused()
    expect(dialog.get_by_role("alert")).to_contain_text(["A policy refuses this expiry date"])
    day.fill(f"{product.now().date() + timedelta(days=20)}")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    first, second = keys(visit)
    assert UUID(first) != UUID(second)


def test_an_application_that_is_full_says_so(visit: Visit, product: Stack) -> None:
    scene = managed(product, *(secret(product, 100 + n, name=f"Key {n}") for n in range(10)))
    visit.watch.expect_status(422)
    visit.sign_in(scene.jane)
    visit.start_create(scene.application).get_by_role("button", name="Create", exact=True).click()
    visit.told("as many secrets as it may have. Delete one first.")


def test_a_busy_directory_is_told_and_the_next_attempt_is_a_new_one(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    product.trap("graph", "throttle", retryAfter=60, method="POST", pathContains="addPassword")
    visit.watch.expect_status(503)
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("button", name="Create", exact=True).click()
    visit.told("nothing was changed")
    expect(dialog.get_by_text("Trace ID:")).to_be_visible()
    product.calm()
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(REVEAL)).to_be_visible()
    first, second = keys(visit)
    assert first != second


def test_an_application_that_was_taken_from_one_says_so(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    dialog = visit.start_create(scene.application)
    scene.application["tags"] = []
    product.load(scene.world)
    visit.watch.expect_status(404)
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_text("You do not manage this application any more")).to_be_visible()


def test_cancelling_makes_nothing_and_focus_returns_to_the_opener(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    dialog = visit.start_create(scene.application)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(visit.card(scene.application).get_by_role("button", name=CREATE)).to_be_focused()
    assert len(product.truth(scene.application["appId"])) == 1


def test_the_request_says_what_was_typed_and_nothing_else(visit: Visit, scene: Scene) -> None:
    with visit.page.expect_response(is_create) as made:
        visit.start_create(scene.application, "  Secret by Ünal ").get_by_role(
            "button", name="Create", exact=True
        ).click()
    sent = json.loads(made.value.request.post_data or "")
    assert sent.keys() == {"displayName", "expiresOn"}
    assert sent["displayName"] == "Secret by Ünal"
    expect(visit.dialog(REVEAL)).to_be_visible()
