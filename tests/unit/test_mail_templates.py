"""The templates of mails: which there are, how they are set up, and when they are compiled."""

from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from shared.adapters.mail_rendering import KINDS, TEMPLATES, WHOLE, Rendering
from shared.domain.reminders import Stage
from tests.support.builders import message, notice, report
from tests.support.mails import RENDERING, SUPPORTER, WORDING, ending


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


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_kinds_templates_are_compiled_one_by_one_and_once(kind: str) -> None:
    rendering = Rendering(WORDING)
    environments = (rendering._texts, rendering._pages)  # noqa: SLF001 - what it compiles is in them

    def compiled() -> int:
        return sum(len(each.cache or ()) for each in environments)

    counts = [compiled() for _ in rendering.compiling(SAMPLES[kind])]
    assert counts == list(range(1, len(counts) + 1))
    assert list(rendering.compiling(SAMPLES[kind])) == []
    assert rendering(SAMPLES[kind]) == RENDERING(SAMPLES[kind])
    # Only the page of the coverage shares words with a text.
    assert compiled() == len(counts) + (kind == "coverage")


def test_each_kind_of_mail_has_a_subject_a_text_and_a_page() -> None:
    whole = {f"{kind}{part}" for kind in KINDS for part in WHOLE}
    parts = {"base.html", "section.html", "styles.html", "notice.row.html", "reminder.row.html"}
    parts |= {"reason.html", "reason.txt", "addresses.html", "addresses.txt"}
    parts |= {"coverage.words.txt"}
    assert {path.name for path in TEMPLATES.iterdir()} == whole | parts
