"""The journey that the page is for: a new secret, in use, and the old one gone."""

from playwright.sync_api import expect

from tests.browser.scenes import NEW, OLD, managed, secret
from tests.browser.visit import REVEAL, Visit
from tests.support.stack import Stack


def test_an_expiring_secret_is_replaced_from_end_to_end(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)

    value = visit.create(scene.application)
    shown = visit.dialog(REVEAL)
    expect(shown).to_contain_text("Nobody can ever show this value again")
    expect(shown).to_contain_text(scene.application["appId"])
    visit.close_reveal()
    assert visit.clipboard() == value
    expect(visit.rows(scene.application)).to_have_count(2)
    expect(visit.row(scene.application, NEW)).to_contain_text(f"{value[:3]}…")

    expect(visit.start_delete(scene.application, OLD)).to_contain_text(
        f"the one that starts with {value[:3]}"
    )
    visit.confirm_delete()
    visit.told(f"The secret {OLD} is deleted.")

    expect(visit.rows(scene.application)).to_have_count(1)
    (kept,) = product.truth(scene.application["appId"])
    assert (kept["displayName"], kept["hint"]) == (NEW, value[:3])
