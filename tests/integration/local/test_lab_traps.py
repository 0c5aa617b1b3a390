"""The lab shows the simulators' traps and sets them."""

from tests.integration.local.lab_stack import TRAP, Stack, around, page, submitted


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
    content = await submitted(
        stack, "/traps/graph/slow", switch="on", **{"parameter.seconds": "soon"}
    )
    assert "seconds must be of type float" in content
    assert stack.graph.traps.value("slow") is None


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
