"""The edition: one for all processes of a deployment, another with any change of the mails."""

import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from shared.adapters.mail_edition import LAYOUT, edition
from shared.adapters.mail_rendering import TEMPLATES, Wording
from tests.support.mails import SUPPORT_ADDRESS, WORDING

ROOT = Path(__file__).parents[2]
SENDER = "donotreply@example.org"
CURRENT = edition(WORDING, SENDER, SUPPORT_ADDRESS)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "elsewhere"))


def of(templates: Path) -> str:
    return edition(WORDING, SENDER, SUPPORT_ADDRESS, templates=templates)


def test_it_is_a_short_word_that_a_table_and_a_log_take() -> None:
    assert len(CURRENT) == 12
    assert set(CURRENT) <= set("0123456789abcdef")


def test_it_is_the_same_in_another_process() -> None:
    code = "from tests.unit.test_mail_edition import CURRENT\nprint(CURRENT)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and code
    assert run.stdout == f"{CURRENT}\n"


def test_it_does_not_depend_on_where_the_templates_are(templates: Path) -> None:
    assert of(templates) == CURRENT


@pytest.mark.parametrize("field", [each.name for each in fields(Wording)])
def test_it_changes_with_every_word_of_a_deployment(field: str) -> None:
    assert edition(replace(WORDING, **{field: "another"}), SENDER, SUPPORT_ADDRESS) != CURRENT


def test_it_changes_with_the_sender_and_with_the_address_for_answers() -> None:
    assert edition(WORDING, "other@example.org", SUPPORT_ADDRESS) != CURRENT
    assert edition(WORDING, SENDER, "other@example.org") != CURRENT
    assert edition(WORDING, SUPPORT_ADDRESS, SENDER) != CURRENT


@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.iterdir()))
def test_it_changes_with_every_template(templates: Path, name: str) -> None:
    changed = templates / name
    changed.write_bytes(changed.read_bytes() + b" ")
    assert of(templates) != CURRENT


def test_it_changes_with_a_templates_name(templates: Path) -> None:
    (templates / "base.html").rename(templates / "ground.html")
    assert of(templates) != CURRENT


def test_what_is_moved_from_one_template_to_the_next_changes_it(templates: Path) -> None:
    first, second = sorted(templates.iterdir())[:2]
    second.write_bytes(first.read_bytes()[-1:] + second.read_bytes())
    first.write_bytes(first.read_bytes()[:-1])
    assert of(templates) != CURRENT


def test_it_changes_with_the_layouts_number() -> None:
    assert edition(WORDING, SENDER, SUPPORT_ADDRESS, layout=LAYOUT + 1) != CURRENT
