"""The command as an administrator runs it: a process of its own, against the Graph simulator."""

import re
import signal
from pathlib import Path

import pytest

from infra import adopt
from infra.adopt.command import FINE, INTERRUPTED, UNUSABLE
from local.world import sample
from local.world_ids import IDENTITY_PRINCIPAL_ID, PORTAL_CLIENT_ID
from tests.fakes.system import MORNING
from tests.infra.adopt.scene import (
    DM,
    FILE,
    HEADS,
    JANE,
    JEAN,
    JOHN,
    ODD,
    OLD_GROUP,
    ORGANISATION,
    OTHER,
    PORTAL,
    SMC,
    STEPS,
    TAG,
    WRITES,
    Command,
    application,
    group,
    world,
)
from tests.integration.local.processes import ended, line_with, started
from tests.support.builders import IDENTITY, numbered

NEVER = re.compile(r"DELETE|[Pp]assword|keyCredentials|POST /v1\.0/applications$")


async def test_by_default_it_says_what_it_would_do_and_changes_nothing(command: Command) -> None:
    before = await command.directory()
    code, said = await command.run()
    assert code == FINE
    assert "0 done, 3 already so, 13 to do, 0 failed" in said
    assert await command.writes() == []
    assert await command.directory() == before


async def test_it_adopts_what_the_file_names(command: Command) -> None:
    code, said = await command.run("--apply")
    assert (code, "13 done, 3 already so, 0 to do, 0 failed" in said) == (FINE, True)
    now = await command.directory()
    managers, old = group(now, ORGANISATION), group(now, "Old group")
    assert (managers["members"], managers["hasCredentialRole"]) == ([JANE, JEAN], True)
    assert managers["mailNickname"] == managers["uniqueName"]
    assert (old["members"], old["hasCredentialRole"]) == ([JOHN], True)
    for client_id, name, tagged in (
        (SMC, "partner-nl-organisationname-smc", managers["id"]),
        (DM, "partner-nl-organisationname-dm", managers["id"]),
        (OTHER, "of-old", OLD_GROUP),
    ):
        adopted = application(now, client_id)
        assert adopted["tags"] == [TAG, f"credential-managers:{tagged}"]
        assert IDENTITY in adopted["owners"]
        assert adopted["uniqueName"] == name


async def test_a_second_run_changes_nothing(command: Command) -> None:
    await command.run("--apply")
    before = await command.directory()
    await command.graph.forget()
    code, said = await command.run("--apply")
    assert (code, "0 done, 16 already so" in said) == (FINE, True)
    assert await command.writes() == []
    assert await command.directory() == before


async def test_it_makes_no_application_touches_no_credential_and_removes_nothing(
    command: Command,
) -> None:
    await command.run("--apply")
    writes = await command.writes()
    assert len(writes) == WRITES
    assert not [each for each in writes if NEVER.search(each)]
    now = await command.directory()
    assert len(now["applications"]) == len(world()["applications"])
    for before in world()["applications"]:
        after = application(now, before["appId"])
        for kept in ("passwordCredentials", "requiredResourceAccess"):
            assert len(after[kept]) == len(before[kept])
        assert set(before["owners"]) <= set(after["owners"])
        assert set(before["tags"]) <= set(after["tags"])
    assert application(now, ODD) == application((await command.directory()), ODD)


@pytest.mark.parametrize(
    ("after", "method", "path"),
    [
        ("make group", "POST", "appRoleAssignedTo"),
        (f"{JOHN} to group", "POST", "owners"),
        ("make the identity an owner of", "PATCH", "applications"),
    ],
)
async def test_what_a_killed_run_left_is_finished_by_the_next(
    command: Command, after: str, method: str, path: str
) -> None:
    # What follows that line is waited for until the process is gone.
    await command.graph.trap("slow", method=method, pathContains=path, milliseconds=600_000)
    async with started(*command.arguments("--apply")) as process:
        await line_with(process.stdout, after)
        process.kill()
        await process.wait()
    assert 0 < len(command.report()) < STEPS
    await command.graph.dev("DELETE", "traps")

    code, _ = await command.run("--apply")
    left = await command.directory()
    assert code == FINE
    assert group(left, ORGANISATION)["members"] == [JANE, JEAN]
    assert [len(application(left, each)["tags"]) for each in (SMC, DM, OTHER)] == [2, 2, 2]
    assert "0 to do" in (await command.run())[1]


async def test_ctrl_c_ends_it_with_a_report_of_what_is_left(command: Command) -> None:
    await command.graph.trap("slow", pathContains="owners", milliseconds=600_000)
    async with started(*command.arguments("--apply")) as process:
        await line_with(process.stdout, "to group Old group")
        process.send_signal(signal.SIGINT)
        code, complaint = await ended(process)
    assert code == INTERRUPTED
    assert "Run it again" in complaint
    assert "Traceback" not in complaint
    left = [(step, why) for outcome, step, why in command.report() if outcome == "to do"]
    assert ("AddTags", "interrupted") in left
    assert len(command.report()) == STEPS


async def test_every_fault_is_told_with_its_line_and_nothing_is_written(command: Command) -> None:
    absent = numbered(0x99)
    command.write(
        *FILE,
        f"{absent},{ORGANISATION},",
        f"{PORTAL},{ORGANISATION},",
        f"{ODD},{ORGANISATION},nobody@example.org",
    )
    code, said = await command.run("--apply")
    assert code == UNUSABLE
    told = [line.partition("partners.csv: ")[2] for line in said.splitlines()]
    assert [each[:30] for each in told if each] == [
        f"line 6: there is no application {absent}"[:30],
        f"line 7: application {PORTAL}"[:30],
        f"line 8: application {ODD}"[:30],
        "line 8: there is no user nobody@"[:30],
    ]
    assert "Nothing was changed." in said
    assert await command.writes() == []


async def test_an_odd_name_is_adopted_when_that_is_allowed(command: Command) -> None:
    command.write(HEADS, f"{ODD},Old group,")
    code, _ = await command.run("--apply", "--allow-off-pattern")
    adopted = application(await command.directory(), ODD)
    assert (code, adopted["uniqueName"]) == (FINE, f"partner-application-{ODD}")


async def test_a_client_id_in_the_place_of_the_identitys_object_id_is_told(
    command: Command,
) -> None:
    code, said = await command.run("--identity", numbered(0x77))
    assert code == UNUSABLE
    assert "object id is wanted" in said


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
async def test_a_file_that_cannot_be_read_is_told(command: Command, content: bytes | None) -> None:
    command.file.unlink()
    if content:
        command.file.write_bytes(content)
    code, said = await command.run()
    assert code == UNUSABLE
    assert "partners.csv" in said
    assert "Traceback" not in said


async def test_the_example_adopts_applications_of_the_sample_tenant(command: Command) -> None:
    await command.graph.dev("PUT", "world", sample(MORNING))
    command.write(Path(adopt.__file__).with_name("example.csv").read_text(encoding="utf-8"))
    told = ["--portal", PORTAL_CLIENT_ID, "--identity", IDENTITY_PRINCIPAL_ID]
    code, said = await command.run(*told, "--apply")
    assert code == FINE, said
    found = group(await command.directory(), "Credential managers ES-Ejemplo")
    assert found["uniqueName"] == "credential-managers-es-ejemplo"
    assert len(found["members"]) == 2
