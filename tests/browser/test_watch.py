"""The watch over every journey finds what it is for."""

import pytest

from tests.browser.visit import Visit


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("await fetch('/manage-clients/none')", "status of 404"),
        ("await fetch('http://127.0.0.1:9/').catch(() => 0)", "Content Security Policy"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("try { document.body.innerHTML = '<p>' } catch {}", "TrustedHTML"),
        ("setTimeout(() => { throw new Error('nobody catches this') })", "nobody catches this"),
        ("console.error('in so many words')", "in so many words"),
    ],
)
def test_a_complaint_or_a_stranger_is_a_fault(visit: Visit, deed: str, told: str) -> None:
    visit.open()
    visit.page.get_by_role("button", name="Sign in").wait_for()
    visit.page.evaluate(f"async () => {{ {deed}; await new Promise(r => setTimeout(r)); }}")
    found = visit.watch.faults()
    assert any(told in each for each in found), found
    visit.watch.forget()
