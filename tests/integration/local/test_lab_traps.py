"""The lab shows the simulators' traps and sets them."""

import pytest

from local.simulators.common import Trap, Traps
from tests.integration.local.lab_stack import TRAP, Part, Stack, around, page, submitted


async def test_a_trap_is_switched_on_with_its_parameters_and_off_again(stack: Stack) -> None:
    form = {
        "switch": "on",
        "parameter.seconds": "2.5",
        "parameter.pathContains": "<token>",
        "parameter.hard": "on",
        "parameter.count": "",
        "parameter.times": "2",
    }
    content = await submitted(stack, "/traps/mail/slow", **form)
    assert stack.mail.traps.value("slow") == {
        "seconds": 2.5,
        "pathContains": "<token>",
        "hard": True,
        "count": None,
        "times": 2,
    }
    assert 'value="&lt;token&gt;"' in content
    assert stack.graph.traps.value("slow") is None
    await submitted(stack, "/traps/mail/slow", switch="off")
    assert stack.mail.traps.value("slow") is None


async def test_a_parameter_that_the_form_leaves_out_has_its_default(stack: Stack) -> None:
    await submitted(stack, "/traps/mail/slow", switch="on")
    assert stack.mail.traps.value("slow") == TRAP.defaults


async def test_what_a_simulator_refuses_is_said(stack: Stack) -> None:
    form = {"parameter.seconds": "soon", "parameter.pathContains": "/v1.0"}
    content = await submitted(stack, "/traps/graph/slow", switch="on", **form)
    said = '<p role="status" class="fault">slow was not set: seconds must be a number.</p>'
    assert said in content
    assert stack.graph.traps.value("slow") is None


async def test_what_was_refused_is_in_its_form_still_and_nowhere_else(stack: Stack) -> None:
    form = {"parameter.seconds": "soon", "parameter.pathContains": "/v1.0"}
    content = await submitted(stack, "/traps/graph/slow", switch="on", **form)
    assert content.count('value="soon"') == content.count('value="/v1.0"') == 1
    assert content.count("<details open>") == 1
    assert 'value="soon"' not in await page(stack)


async def test_a_switch_confirms_in_the_section_of_its_simulator(stack: Stack) -> None:
    for switch in ("on", "off"):
        content = await submitted(stack, "/traps/mail/slow", switch=switch)
        _, mail, _ = content.split("<h3>")[1:]
        assert f'<p role="status">slow is {switch}.</p>' in mail


@pytest.mark.parametrize("name", ["dedupe", "suppression_list"])
async def test_what_is_on_from_the_start_is_no_alarm_and_its_absence_is_one(name: str) -> None:
    def summary(content: str) -> str:
        return content.partition(f"<summary>{name} ")[2].partition("</summary>")[0]

    usual, off = '<span class="usual">on, as usual</span>', '<span class="on">off</span>'
    trap = Trap(name=name, description="Knows `Operation-Id`.")
    async with around(mail=Part(traps=Traps([trap]))) as stack:
        content = await submitted(stack, f"/traps/mail/{name}", switch="on")
        assert summary(content) == usual
        assert "<details open>" not in content
        assert "<code>Operation-Id</code>" in content
        content = await submitted(stack, f"/traps/mail/{name}", switch="off")
        assert summary(content) == off
        assert "<details open>" in content


async def test_all_traps_go_off_together(stack: Stack) -> None:
    parts = (stack.graph, stack.mail, stack.identity)
    for part in parts:
        part.traps.switch_on("slow", {})
    await submitted(stack, "/traps")
    assert [part.traps.value("slow") for part in parts] == [None, None, None]


async def test_the_page_shows_a_simulator_that_is_away() -> None:
    async with around("identity") as stack:
        assert "identity does not answer" in await page(stack)


async def test_a_trap_of_nobody_is_not_found(stack: Stack) -> None:
    async with stack.http.post("/traps/functions/slow", data={"switch": "on"}) as answer:
        assert answer.status == 404
