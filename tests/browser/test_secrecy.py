"""After the reveal is closed, the value is nowhere in the browser but where its user put it."""

import pytest
from playwright.sync_api import expect

from tests.browser.scenes import Scene, managed, secret
from tests.browser.secrecy import places
from tests.browser.visit import REVEAL, Visit
from tests.support.stack import Stack


@pytest.fixture
def scene(visit: Visit, product: Stack) -> Scene:
    """Sign Jane in, who manages one application with one secret."""
    made = managed(product, secret(product, 13))
    visit.sign_in(made.jane)
    return made


def test_while_it_is_shown_it_is_in_the_document_and_in_memory_and_in_no_other_place(
    visit: Visit, scene: Scene
) -> None:
    # What the search finds here, it would find below.
    value = visit.create(scene.application)
    assert places(visit, value) == ["document", "memory"]
    visit.close_reveal()


def test_once_it_is_closed_it_is_nowhere(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    visit.close_reveal()
    expect(visit.rows(scene.application)).to_have_count(2)
    assert places(visit, value) == []


def test_it_is_nowhere_either_when_it_was_left_uncopied(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    dialog.get_by_role("button", name="I have stored the value").click()
    dialog.get_by_role("button", name="Leave without the value").click()
    expect(visit.rows(scene.application)).to_have_count(2)
    assert places(visit, value) == []


def test_a_value_that_is_kept_by_mistake_is_found(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    visit.page.evaluate(
        "() => { window.kept = document.querySelector('dialog').textContent.split(' ') }"
    )
    visit.close_reveal()
    assert places(visit, value) == ["memory"]


def test_it_is_wiped_before_the_handler_that_closes_ends(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    visit.page.get_by_role("button", name="Copy secret").click()
    visit.told("The secret is copied.")
    # In one turn: whatever waits for the dialog's own event would come too late.
    shown = visit.page.evaluate(
        """() => {
            const texts = document.querySelector("dialog").querySelectorAll("code");
            const node = [...texts].find(each => each.closest("dialog") && each.tabIndex === 0);
            const text = node.firstChild;
            [...document.querySelectorAll("dialog button")]
                .find(each => each.textContent === "I have stored the value").click();
            return text.data.length;
        }"""
    )
    assert shown == 0
    assert value not in visit.page.content()


def test_leaving_the_page_wipes_it(visit: Visit, scene: Scene) -> None:
    value = visit.create(scene.application)
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.page.goto(visit.product.identity)
    visit.page.go_back()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert places(visit, value) == []
