"""Microsoft Graph's adapter in trouble: what each of the simulator's traps comes to."""

import asyncio
import logging
from typing import Any

import pytest

from local.simulators.graph.server import application as server
from local.simulators.graph.state import State
from shared.adapters.graph_directory import GraphDirectory, connect
from shared.domain.errors import (
    DirectoryBusy,
    DirectoryRefused,
    DirectoryUnavailable,
    LifetimeRefused,
    OutcomeUnknown,
    PortalError,
    TemporarilyUnavailable,
    Throttled,
    TooManySecrets,
)
from tests.contract.directory_contract import BOTH, FIRST, GROUPS, JANE, REQUEST, UNTAGGED
from tests.contract.graph_scene import OnSimulator, statuses, truth, world
from tests.support.graph import PORTAL, ROLE
from tests.support.simulators import Simulator, simulator


class TestReads(OnSimulator):
    """A user's read gives up soon; what is not known is an error, never an empty answer."""

    async def test_a_user_waits_for_one_short_pause(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float]
    ) -> None:
        await graph.trap("throttle", retryAfter=2, times=1)
        assert await directory.application(FIRST.client_id) == FIRST
        assert pauses == [2]

    @pytest.mark.parametrize(
        ("asked", "told", "paused"), [(3, 3, []), (179, 120, []), (None, 10, [0.5]), (0, 1, [0.5])]
    )
    async def test_a_user_is_told_when_to_come_back(
        self,
        directory: GraphDirectory,
        graph: Simulator,
        pauses: list[float],
        asked: int | None,
        told: int,
        paused: list[float],
    ) -> None:
        await graph.trap("throttle", retryAfter=asked)
        with pytest.raises(Throttled) as throttled:
            await directory.applications_of({GROUPS[0]})
        assert throttled.value.retry_after == told
        assert pauses == paused

    @pytest.mark.parametrize(
        ("trap", "parameters"),
        [
            ("html_error", {}),
            ("server_error", {}),
            ("drop_answer", {"method": "GET", "pathContains": ""}),
            ("truncated_page", {}),
        ],
    )
    async def test_no_usable_answer_is_an_error(
        self, directory: GraphDirectory, graph: Simulator, trap: str, parameters: dict[str, Any]
    ) -> None:
        await graph.trap(trap, **parameters)
        with pytest.raises(DirectoryUnavailable):
            await directory.applications_of(GROUPS)

    async def test_a_read_survives_one_lost_connection(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("drop_answer", method="GET", pathContains="", times=1)
        assert await directory.application(FIRST.client_id) == FIRST

    async def test_membership_is_asked_once(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("server_error", status=503)
        with pytest.raises(DirectoryUnavailable):
            await directory.confirm_membership(JANE, {GROUPS[0]})
        assert await statuses(graph) == [503]

    async def test_a_graph_that_is_gone_is_an_error(self) -> None:
        async with simulator(server(State(world()))) as gone:
            lost = connect(
                base_url=f"{gone.base}/v1.0",
                credential=None,
                portal_service_principal_id=PORTAL,
                credential_role_id=ROLE,
            )
        with pytest.raises(DirectoryUnavailable):
            await lost.confirm_membership(JANE, {GROUPS[0]})
        with pytest.raises(DirectoryUnavailable):
            await lost.add_secret(FIRST.object_id, REQUEST)
        with pytest.raises(DirectoryUnavailable):
            await lost.remove_secret(FIRST.object_id, FIRST.secrets[0].key_id)
        await lost.close()

    async def test_a_slow_answer_is_waited_for(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("slow", milliseconds=50)
        assert await directory.application(FIRST.client_id) == FIRST

    async def test_a_read_may_lag_a_write(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("read_lag", seconds=30)
        issued = await directory.add_secret(FIRST.object_id, REQUEST)
        assert await directory.application(FIRST.client_id) == FIRST
        assert await directory.remove_secret(FIRST.object_id, issued.key_id) is False


WRITE_TRAPS: list[tuple[str, dict[str, Any], type[PortalError], bool]] = [
    ("throttle", {"retryAfter": 1}, Throttled, False),
    ("throttle", {"retryAfter": None}, Throttled, False),
    ("concurrency", {"status": 409}, DirectoryBusy, False),
    ("concurrency", {"status": 503}, DirectoryBusy, False),
    ("server_error", {"status": 500, "applied": True}, OutcomeUnknown, True),
    ("server_error", {"status": 502, "applied": False}, OutcomeUnknown, False),
    ("server_error", {"status": 503, "applied": True, "retryAfter": 1}, OutcomeUnknown, True),
    ("server_error", {"status": 504, "applied": False}, OutcomeUnknown, False),
    ("drop_answer", {}, OutcomeUnknown, True),
    ("html_error", {}, OutcomeUnknown, False),
]


class TestWrites(OnSimulator):
    """One request each; an error says whether it may have had an effect."""

    @pytest.mark.parametrize(("trap", "parameters", "error", "applied"), WRITE_TRAPS)
    async def test_a_failed_creation_is_sent_once(
        self,
        directory: GraphDirectory,
        graph: Simulator,
        trap: str,
        parameters: dict[str, Any],
        error: type[PortalError],
        applied: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        await graph.trap(trap, **parameters)
        with pytest.raises(error):
            await directory.add_secret(FIRST.object_id, REQUEST)
        assert len(await graph.requests()) == 1
        assert len(await truth(graph, FIRST)) == len(FIRST.secrets) + applied

    @pytest.mark.parametrize(("trap", "parameters", "error", "applied"), WRITE_TRAPS)
    async def test_a_failed_removal_is_sent_once(
        self,
        directory: GraphDirectory,
        graph: Simulator,
        trap: str,
        parameters: dict[str, Any],
        error: type[PortalError],
        applied: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        await graph.trap(trap, **parameters)
        with pytest.raises(error):
            await directory.remove_secret(FIRST.object_id, FIRST.secrets[0].key_id)
        assert len(await graph.requests()) == 1
        assert len(await truth(graph, FIRST)) == len(FIRST.secrets) - applied

    @pytest.mark.parametrize(
        ("trap", "parameters", "error"),
        [
            ("policy_lifetime", {"days": 90}, LifetimeRefused),
            ("personal_audience", {"max": 2}, TooManySecrets),
            ("resource_size", {}, TooManySecrets),
        ],
    )
    async def test_graphs_limits_have_words_of_their_own(
        self,
        directory: GraphDirectory,
        graph: Simulator,
        trap: str,
        parameters: dict[str, Any],
        error: type[PortalError],
    ) -> None:
        await graph.trap(trap, **parameters)
        with pytest.raises(error):
            await directory.add_secret(FIRST.object_id, REQUEST)
        assert len(await truth(graph, FIRST)) == len(FIRST.secrets)

    async def test_an_application_that_is_not_owned_is_refused(
        self, directory: GraphDirectory
    ) -> None:
        with pytest.raises(DirectoryRefused):
            await directory.add_secret(UNTAGGED.object_id, REQUEST)

    async def test_the_directory_is_told_to_be_asked_again_later(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("throttle", retryAfter=33)
        with pytest.raises(TemporarilyUnavailable) as throttled:
            await directory.add_secret(BOTH.object_id, REQUEST)
        assert throttled.value.retry_after == 33

    async def test_parallel_creations_lose_secrets_that_were_answered(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        """Why every write on an application needs its lease."""
        await graph.trap("lost_writes")
        adding = (directory.add_secret(FIRST.object_id, REQUEST) for _ in range(2))
        answered = {secret.key_id for secret in await asyncio.gather(*adding)}
        kept = {secret["keyId"] for secret in await truth(graph, FIRST)}
        assert (len(answered), len(answered & kept)) == (2, 1)

    async def test_no_log_of_any_library_holds_the_value(
        self, directory: GraphDirectory, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        issued = await directory.add_secret(FIRST.object_id, REQUEST)
        assert "httpcore" in {record.name.split(".")[0] for record in caplog.records}
        assert issued.value.reveal() not in caplog.text
