"""axe-core in the page under test, and the checks that it does not make."""

from functools import cache
from typing import Any, Final

from playwright.sync_api import Page

from local.settings import ROOT

SCHEMES: Final = ("light", "dark")
WIDTHS: Final = (320, 1280)
HEIGHT: Final = 900
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN: Final = """tags => axe.run(document, {
    runOnly: {type: "tag", values: tags},
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations"],
})"""
# Whatever scrolls sideways within itself would hide a part of it from a narrow window.
SIDEWAYS: Final = """() => [document.documentElement, ...document.querySelectorAll("body *")]
    .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0
        && (each === document.documentElement
            || ["auto", "scroll"].includes(getComputedStyle(each).overflowX)))
    .map(each => `${each.tagName.toLowerCase()}.${each.className}: `
        + `${each.scrollWidth} > ${each.clientWidth}`)"""
SMALL: Final = """least => [...document.querySelectorAll(
        "button, summary, input, select, textarea, a[href], [role=button]")]
    .filter(each => each.checkVisibility({visibilityProperty: true}))
    .map(each => [each, (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([each, box]) => getComputedStyle(each).display !== "inline"
        && (box.width < least || box.height < least))
    .map(([each, box]) => `${each.outerHTML.slice(0, 120)}: ${box.width} x ${box.height}`)"""
LEAST_TARGET: Final = 24


@cache
def source() -> str:
    """Return axe-core as npm has it."""
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and good practice on the page as it is now.

    Evaluated over the debugging protocol: Trusted Types let no script tag in.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    found: dict[str, Any] = page.evaluate(RUN, TAGS)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} ({node['failureSummary']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def faults(page: Page) -> list[str]:
    """Return what is wrong on the page as it is now, in light and dark, narrow and wide."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width}: scrolls sideways: {each}" for each in page.evaluate(SIDEWAYS)]
        found += [f"{width}: small: {each}" for each in page.evaluate(SMALL, LEAST_TARGET)]
        for scheme in SCHEMES:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += [f"{width} {scheme}: {each}" for each in violations(page)]
    return found
