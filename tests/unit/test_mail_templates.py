"""The templates of mails: which there are, how they are set up, and when they are compiled."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.adapters.mail_rendering import ENDINGS, PARTS, TEMPLATES, Rendering
from shared.domain.reminders import Stage
from tests.support.builders import message, notice, report
from tests.support.mails import RENDERING, SUPPORTER, WORDING, ending

ROOT = Path(__file__).parents[2]


def test_a_word_that_no_value_stands_for_is_an_error() -> None:
    environment = RENDERING._texts  # noqa: SLF001 - how it is set up is what is tested
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()


SAMPLES = {
    "coverage": replace(message(recipient=SUPPORTER), lines=(), report=report()),
    "notice": message(notice=notice(1)),
    "reminder": message(lines=[ending(42, Stage.SIX_WEEKS)]),
    "support": message(lines=[ending(3)], recipient=SUPPORTER),
}


def compiled(rendering: Rendering) -> set[str]:
    """Return the templates that are compiled, each once for texts and once for pages."""
    texts, pages = rendering._texts.cache, rendering._pages.cache  # noqa: SLF001 - they are in there
    return {
        f"{kind}: {name}"
        for kind, cache in (("text", texts), ("page", pages))
        for _, name in cache or ()
    }


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_a_kind_needs_is_loaded_one_by_one_and_once(kind: str) -> None:
    rendering, mail = Rendering(WORDING), SAMPLES[kind]
    counts = [len(compiled(rendering)) for _ in rendering.preparing(mail)]
    assert counts[: len(ENDINGS)] == [1, 2, 3]
    assert all(after - before <= 1 for before, after in pairwise(counts))
    assert list(rendering.preparing(mail)) == []
    loaded = compiled(rendering)
    assert rendering(mail) == RENDERING(mail)
    # The page of the coverage has words of its text.
    words = {"page: coverage.words.txt"} if kind == "coverage" else set()
    assert compiled(rendering) == loaded | words


def test_a_kind_loads_only_what_was_not_loaded_for_another() -> None:
    rendering = Rendering(WORDING)
    list(rendering.preparing(SAMPLES["reminder"]))
    before = compiled(rendering)
    assert (
        len(list(rendering.preparing(SAMPLES["notice"]))) == len(compiled(rendering) - before) == 4
    )


def test_the_calendars_library_is_loaded_in_a_step_of_its_own() -> None:
    script = (
        "import sys\n"
        "from tests.support.mails import *\n"
        "rendering = Rendering(WORDING)\n"
        "print(*('icalendar' in sys.modules for mail in (ending(1), ending(42, Stage.SIX_WEEKS))"
        " for _ in rendering.preparing(message(lines=[mail]))))"
    )
    shown = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert shown == [*["False"] * 7, "True"]


def test_no_mail_asks_the_disk_for_what_is_compiled() -> None:
    for environment in (RENDERING._texts, RENDERING._pages):  # noqa: SLF001 - how they are set up is what is tested
        assert not environment.auto_reload


def test_each_kind_of_mail_has_a_subject_a_text_and_a_page() -> None:
    whole = {f"{kind}{part}" for kind in PARTS for part in ENDINGS}
    parts = {part for parts in PARTS.values() for part in parts}
    assert {path.name for path in TEMPLATES.iterdir()} == whole | parts
