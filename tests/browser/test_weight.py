"""What the page costs to load: counted, not timed."""

from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Response, expect

from tests.browser.scenes import managed, secret
from tests.browser.visit import Visit
from tests.support.stack import Stack

MOST_BYTES: Final = 30 * 1024


def test_everything_that_is_loaded_up_to_the_list_weighs_at_most_30_kb(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    answers: dict[str, Response] = {}

    def keep(answer: Response) -> None:
        answers[answer.url] = answer

    visit.page.on("response", keep)
    visit.sign_in(scene.jane)
    expect(visit.rows(scene.application)).to_have_count(1)
    own = {
        urlsplit(url).path: answer.request.sizes()["responseBodySize"]
        for url, answer in answers.items()
        if url.startswith(visit.host) and "/api/" not in url
    }
    assert {path.rpartition(".")[2] for path in own} == {"/manage-clients", "js", "css"}
    assert sum(own.values()) <= MOST_BYTES, own


def test_a_browser_keeps_the_files_and_asks_for_the_document_alone_again(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    visit.open()
    visit.pass_sign_in(scene.jane)
    transferred: dict[str, int] = visit.page.evaluate(
        """() => Object.fromEntries(performance.getEntriesByType("resource")
            .filter(each => each.name.includes("/assets/"))
            .map(each => [each.name, each.transferSize]))"""
    )
    assert transferred
    assert set(transferred.values()) == {0}


def test_only_the_host_and_the_authority_are_asked(visit: Visit, product: Stack) -> None:
    # Every journey fails on a stranger; this one sees that the watch hears of both.
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    asked = {f"http://{urlsplit(url).netloc}" for url in visit.watch.addresses()}
    assert asked == {visit.host, product.identity}
