"""Deleting: what follows is said first, and the last valid secret is guarded."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.scenes import NEW, OLD, Scene, managed, secret
from tests.browser.visit import CREATE, DELETE, Visit
from tests.support.stack import Stack

GUARD = "This is the last valid secret."


def test_the_dialog_names_what_it_is_about_and_begins_on_keeping_it(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13), secret(product, 200, name="New", hint="aB3"))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    expect(dialog).to_contain_text(f"{OLD} (starts with Q_e)")
    expect(dialog).to_contain_text(scene.application["displayName"])
    expect(dialog).to_contain_text(
        "Make sure that your system uses the one that starts with aB3 (New)."
    )
    keep = dialog.get_by_role("button", name="Keep secret")
    expect(keep).to_be_focused()
    keep.click()
    expect(dialog).to_have_count(0)
    expect(
        visit.row(scene.application, OLD).get_by_role("button", name=f"Delete secret {OLD}")
    ).to_be_focused()
    assert len(product.truth(scene.application["appId"])) == 2


def test_an_expired_secret_is_harmless_to_delete(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, -5))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    expect(dialog).to_contain_text("deleting it changes nothing for your systems")
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    expect(visit.card(scene.application)).to_contain_text("No secret yet.")
    expect(visit.page.get_by_role("main")).to_be_focused()
    assert product.truth(scene.application["appId"]) == []


def test_the_last_valid_secret_goes_only_when_its_name_is_typed(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, -5, name="Expired"))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    expect(dialog.get_by_text(GUARD)).to_be_visible()
    visit.confirm_delete()
    field = dialog.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(dialog.get_by_text("That is not the name.")).to_be_visible()
    field.fill("Secret by Jane")
    visit.confirm_delete()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert len(product.truth(scene.application["appId"])) == 2
    assert visit.watch.sent("DELETE", "") == []
    field.fill(OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    assert [each["displayName"] for each in product.truth(scene.application["appId"])] == [
        "Expired"
    ]


def test_the_typed_confirmation_may_be_pasted(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, OLD)
    field = dialog.get_by_role("textbox")
    field.fill(OLD)
    field.press("Control+a")
    field.press("Control+x")
    expect(field).to_have_value("")
    field.press("Control+v")
    expect(field).to_have_value(OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")


@pytest.mark.parametrize("name", [None, "", " \u00a0"])
def test_a_nameless_last_secret_is_confirmed_by_the_applications_name(
    visit: Visit, product: Stack, name: str | None
) -> None:
    scene = managed(product, secret(product, 90, name=name, hint=None))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, "Unnamed secret")
    visit.confirm_delete()
    expect(dialog.get_by_text("That is not the name.")).to_be_visible()
    assert visit.watch.sent("DELETE", "") == []
    dialog.get_by_role("textbox").fill(scene.application["displayName"])
    visit.confirm_delete()
    visit.told("The secret Unnamed secret is deleted.")


def start_to_delete_what_becomes_the_last_one(
    visit: Visit, product: Stack
) -> tuple[Scene, Locator]:
    """Open the dialog of one of two secrets, and delete the other one elsewhere."""
    other = secret(product, 200, name="Other")
    scene = managed(product, secret(product, 90), other)
    visit.sign_in(scene.jane)
    with visit.page.expect_response("**/api/applications"):
        dialog = visit.start_delete(scene.application, OLD)
    expect(dialog).to_contain_text("Make sure that your system uses")
    with product.api(scene.jane) as api:
        assert api.delete(scene.application["appId"], other["keyId"]).status_code == 204
    return scene, dialog


def test_what_became_the_last_one_meanwhile_is_guarded_by_the_server(
    visit: Visit, product: Stack
) -> None:
    scene, dialog = start_to_delete_what_becomes_the_last_one(visit, product)
    visit.watch.expect_status(409)
    visit.confirm_delete()
    visit.told("for Microsoft Entra ID this is the last valid secret")
    expect(dialog.get_by_text(f"{GUARD} Deleting it stops")).to_be_visible()
    dialog.get_by_role("textbox").fill(OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    assert product.truth(scene.application["appId"]) == []


def create_and_start_to_delete_the_old(visit: Visit, product: Stack, scene: Scene) -> Locator:
    """Create a secret that the directory shows to nobody yet; return the old one's dialog."""
    visit.sign_in(scene.jane)
    visit.create(scene.application)
    visit.close_reveal()
    expect(visit.rows(scene.application)).to_have_count(2)
    product.trap("graph", "read_lag", seconds=600)
    visit.watch.expect_status(409)
    dialog = visit.start_delete(scene.application, OLD)
    expect(dialog).to_contain_text(f"({NEW})")
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    visit.confirm_delete()
    visit.told("may not show your newer secret yet")
    expect(dialog).to_contain_text("for Microsoft Entra ID this is the last valid secret")
    expect(dialog.get_by_text(f"{GUARD} Deleting")).to_have_count(0)
    return dialog


def test_the_old_one_goes_by_its_name_though_the_directory_does_not_show_the_new_one_yet(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    dialog = create_and_start_to_delete_the_old(visit, product, scene)
    field = dialog.get_by_role("textbox")
    field.fill("Secret by Jane")
    visit.confirm_delete()
    expect(field).to_be_focused()
    expect(dialog.get_by_text("That is not the name.")).to_be_visible()
    field.fill(OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    sent = visit.watch.sent("DELETE", "")
    assert ["confirmLast" in each.url for each in sent] == [False, True]
    assert [each["displayName"] for each in product.truth(scene.application["appId"])] == [NEW]


def test_the_old_one_goes_without_its_name_once_the_directory_shows_the_new_one(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90))
    dialog = create_and_start_to_delete_the_old(visit, product, scene)
    with visit.page.expect_response("**/secrets/*") as again:
        visit.confirm_delete()
    assert again.value.status == 409
    expect(dialog.get_by_role("textbox")).to_be_visible()
    product.calm()
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    assert not any("confirmLast" in each.url for each in visit.watch.sent("DELETE", ""))
    assert [each["displayName"] for each in product.truth(scene.application["appId"])] == [NEW]


def test_the_servers_word_counts_though_the_list_cannot_be_read(
    visit: Visit, product: Stack
) -> None:
    _, dialog = start_to_delete_what_becomes_the_last_one(visit, product)
    visit.watch.expect_status(409, 503)
    problem = {"status": 503, "code": "directory_unavailable"}
    visit.page.route("**/api/applications", lambda route: route.fulfill(status=503, json=problem))
    visit.confirm_delete()
    dialog.get_by_role("textbox").fill(OLD)
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")


def test_a_second_tab_that_deleted_it_already_is_noticed(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90), secret(product, 200, name="Other"))
    visit.sign_in(scene.jane)
    tab = visit.second()
    tab.open()
    # The authority knows who is signed in: nobody is asked again.
    tab.page.get_by_role("button", name="Sign in").click()
    tab.start_delete(scene.application, OLD)
    tab.confirm_delete()
    expect(tab.rows(scene.application)).to_have_count(1)

    dialog = visit.start_delete(scene.application, OLD)
    expect(dialog).to_contain_text("Somebody else has deleted this secret already.")
    expect(dialog.get_by_role("button", name="Delete secret")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    expect(visit.rows(scene.application)).to_have_count(1)
    expect(visit.page.get_by_role("main")).to_be_focused()


def test_what_went_while_the_dialog_was_open_is_deleted_all_the_same(
    visit: Visit, product: Stack
) -> None:
    old = secret(product, 90)
    scene = managed(product, old, secret(product, 200, name="Other"))
    visit.sign_in(scene.jane)
    with visit.page.expect_response("**/api/applications"):
        visit.start_delete(scene.application, OLD)
    with product.api(scene.jane) as api:
        assert api.delete(scene.application["appId"], old["keyId"]).status_code == 204
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")


def test_however_often_the_button_is_pressed_one_request_goes_out(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 200, name="Other"))
    visit.sign_in(scene.jane)
    product.trap("graph", "slow", milliseconds=300)
    visit.start_delete(scene.application, OLD).get_by_role("button", name=DELETE).dblclick()
    visit.told(f"The secret {OLD} is deleted.")
    assert len(visit.watch.sent("DELETE", "")) == 1


def test_a_lost_answer_is_told_and_repeating_does_no_harm(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90), secret(product, 200, name="Other"))
    visit.sign_in(scene.jane)
    visit.start_delete(scene.application, OLD)
    visit.watch.expect_loss()
    visit.page.route("**/secrets/*", lambda route: (route.fetch(), route.abort("connectionreset")))
    visit.confirm_delete()
    visit.told("it is not known whether the secret was deleted")
    visit.page.unroute("**/secrets/*")
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")
    assert len(product.truth(scene.application["appId"])) == 1


def test_once_a_newer_one_is_there_the_list_says_to_delete_the_old_one(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13), secret(product, 200, name="New"))
    visit.sign_in(scene.jane)
    card = visit.card(scene.application)
    expect(card).to_contain_text("Once your system uses the newer secret, delete the old one")
    expect(card.get_by_role("button", name=CREATE)).to_be_visible()


def test_an_application_that_was_taken_from_one_is_not_said_to_have_lost_its_secret(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90), secret(product, 200, name="Other"))
    visit.sign_in(scene.jane)
    with visit.page.expect_response("**/api/applications"):
        dialog = visit.start_delete(scene.application, OLD)
    scene.application["tags"] = []
    product.load(scene.world)
    visit.watch.expect_status(404)
    visit.confirm_delete()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    expect(dialog).to_contain_text("You do not manage this application any more")
    expect(dialog).not_to_contain_text("Somebody else")
    assert len(product.truth(scene.application["appId"])) == 2


def test_a_name_with_spaces_that_nobody_sees_can_be_typed(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 90, name=" Key  of\u00a0old "))
    visit.sign_in(scene.jane)
    dialog = visit.start_delete(scene.application, "Key of old")
    dialog.get_by_role("textbox").fill("Key of old")
    visit.confirm_delete()
    expect(dialog).to_have_count(0)
    assert product.truth(scene.application["appId"]) == []
