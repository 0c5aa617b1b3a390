"""The value: shown once, copied, and left for good."""

import re

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.scenes import NEW, Scene, managed, secret
from tests.browser.visit import CREATE, REVEAL, Visit
from tests.support.stack import Stack

DONE = "I have stored the value"


@pytest.fixture
def scene(visit: Visit, product: Stack) -> Scene:
    """Sign Jane in, who manages one application with one secret."""
    made = managed(product, secret(product, 13))
    visit.sign_in(made.jane)
    return made


def test_the_value_is_shown_with_what_it_belongs_to_and_without_a_key_id(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    expect(dialog.locator("code", has_text=re.compile(f"^{re.escape(value)}$"))).to_be_visible()
    expect(dialog).to_contain_text(scene.application["appId"])
    expect(dialog).to_contain_text("up to a minute to work")
    words = dialog.text_content() or ""
    made = [
        each for each in product.truth(scene.application["appId"]) if each["displayName"] == NEW
    ]
    assert made[0]["keyId"] not in words
    visit.close_reveal()


def test_a_token_request_is_offered_that_does_not_hold_the_value(
    visit: Visit, product: Stack, scene: Scene
) -> None:
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    dialog.get_by_text("Request a token with it").click()
    dialog.get_by_role("button", name="Copy request").click()
    request = visit.clipboard()
    authority = product.settings["TOKEN_AUTHORITY"].removesuffix("/v2.0")
    assert f"{authority}/oauth2/v2.0/token" in request
    assert "scope=5df05a6d-8ef0-49fe-9441-62cd9b540376/.default" in request
    assert f"client_id={scene.application['appId']}" in request
    assert value not in request
    expect(dialog.get_by_role("link", name="API authentication guide")).to_be_visible()
    visit.close_reveal()


def test_leaving_uncopied_asks_first(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    dialog.get_by_role("button", name=DONE).click()
    expect(dialog.get_by_role("alert").filter(has_text="You have not copied")).to_be_visible()
    back = dialog.get_by_role("button", name="Go back and copy")
    expect(back).to_be_focused()
    back.click()
    expect(back).to_be_hidden()
    expect(dialog.get_by_text(value, exact=True)).to_be_visible()
    dialog.get_by_role("button", name=DONE).click()
    dialog.get_by_role("button", name="Leave without the value").click()
    expect(dialog).to_have_count(0)
    expect(visit.row(scene.application, NEW)).to_be_visible()


def test_escape_does_not_close_it_however_often_it_is_pressed(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    for _ in range(5):
        visit.page.keyboard.press("Escape")
    expect(visit.dialog(REVEAL).get_by_text(value, exact=True)).to_be_visible()
    visit.close_reveal()


def test_closing_leads_back_to_the_opener_and_says_what_comes_next(
    visit: Visit, scene: Scene
) -> None:
    visit.create(scene.application)
    visit.close_reveal()
    visit.told("Once your system connects with it, delete the old one.")
    expect(visit.card(scene.application).get_by_role("button", name=CREATE)).to_be_focused()


def test_where_the_browser_refuses_to_copy_the_value_is_selected_to_be_copied_by_hand(
    visit: Visit, scene: Scene
) -> None:
    session = visit.context.new_cdp_session(visit.page)
    target = session.send("Target.getTargetInfo")["targetInfo"]
    refusal = {
        "permission": {"name": "clipboard-write"},
        "setting": "denied",
        "origin": visit.host,
        "browserContextId": target["browserContextId"],
    }
    session.send("Browser.setPermission", refusal)
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    dialog.get_by_role("button", name="Copy secret").click()
    expect(dialog.get_by_text("does not allow copying. The text is selected")).to_be_visible()
    assert visit.page.evaluate("String(getSelection())") == value
    visit.page.keyboard.press("Control+c")
    assert visit.clipboard() == value
    dialog.get_by_role("button", name=DONE).click()
    expect(dialog).to_have_count(0)


def test_reloading_while_it_is_shown_asks_first_and_loses_it(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    visit.page.on("dialog", leave)
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert asked == ["beforeunload"]
    assert value not in visit.content()


def test_going_back_or_reloading_after_it_was_closed_shows_nothing_of_it(
    visit: Visit, scene: Scene
) -> None:
    value = visit.create(scene.application)
    visit.close_reveal()
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert value not in visit.content()
    for _ in range(3):
        visit.page.go_back()
        assert value not in visit.content()
        assert value not in visit.page.url
    visit.open()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.row(scene.application, NEW)).to_be_visible()
    assert value not in visit.content()


def test_who_left_without_the_value_is_told_to_delete_the_secret(
    visit: Visit, scene: Scene
) -> None:
    visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    dialog.get_by_role("button", name=DONE).click()
    dialog.get_by_role("button", name="Leave without the value").click()
    visit.told("you did not take its value: delete it and create another")
    expect(visit.row(scene.application, NEW)).to_be_visible()


def test_who_has_no_old_secret_is_not_told_to_delete_it(visit: Visit, product: Stack) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    visit.create(scene.application)
    visit.close_reveal()
    visit.told(re.compile(r"^The secret is created\.$"))


def test_a_browser_that_closes_the_dialog_by_itself_shows_it_again(
    visit: Visit, scene: Scene
) -> None:
    visit.create(scene.application)
    visit.page.evaluate("document.querySelector('dialog').close()")
    visit.close_reveal()
