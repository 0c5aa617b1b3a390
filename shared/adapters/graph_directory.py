"""The directory as Microsoft Graph keeps it: its ports on one client."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from shared.adapters import graph_reading as reading
from shared.adapters.fairness import step_back
from shared.adapters.graph_answers import (
    BRIEF,
    ONCE,
    PATIENT,
    Answer,
    AnswerLost,
    NotSent,
    Patience,
)
from shared.adapters.graph_errors import says_absent, says_no_such_secret, write_error
from shared.adapters.graph_grants import GraphGrants
from shared.adapters.graph_reads import Reads, require_success
from shared.adapters.quiet_telemetry import QUIET
from shared.concurrency import task_group
from shared.domain.applications import Application, manager_tags
from shared.domain.errors import DirectoryUnavailable, OutcomeUnknown
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.ports.directory import Granted, IssuedSecret, SecretRequest
from shared.ports.telemetry import DirectoryMeters

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from azure.core.credentials_async import AsyncTokenCredential
    from kiota_abstractions.request_information import RequestInformation

    from shared.adapters.graph_client import GraphClient, Sleep

log = logging.getLogger(__name__)

Value = TypeVar("Value", bound=str)

COMPARISONS_PER_REQUEST = 15
"""Graph refuses a filter with more comparisons."""


class GraphDirectory:
    """Reads applications, confirms managers and changes secrets, over one client of the SDK.

    Belongs to the event loop that it was made in. What Graph says is in the log by code and request
    id; messages and bodies are in neither log nor errors.
    """

    def __init__(
        self, client: "GraphClient", *, portal_service_principal_id: str, credential_role_id: str
    ) -> None:
        self._client = client
        self._requests = client.requests
        self._reads = Reads(client)
        self._grants = GraphGrants(self._reads, client.requests)
        self._portal = portal_service_principal_id
        self._role = credential_role_id.lower()

    async def close(self) -> None:
        """Close the connections; the credential is its owner's to close."""
        await self._client.close()

    async def every_application(self) -> AsyncIterator[Sequence[Application]]:
        """Yield the tenant's applications as ApplicationDirectory promises, each once."""
        seen: set[ObjectId] = set()
        first = self._requests.applications()
        async for documents in self._reads.pages("applications", first, PATIENT):
            page = reading.applications("applications", documents, is_whole_tenant=True)
            fresh = _unseen(page, seen)
            # A page takes several megabytes: it goes before the next one comes.
            del documents, page
            await step_back()
            yield fresh
            del fresh

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        """Return what the tags of any of the groups name, as ApplicationDirectory promises."""
        tags = manager_tags(frozenset(groups))
        return await self._filtered(tags, self._requests.applications_tagged, BRIEF)

    async def applications(self, client_ids: Collection[ClientId]) -> Sequence[Application]:
        """Return those that exist of the applications, as ApplicationDirectory promises."""
        wanted = sorted(set(client_ids))
        found = await self._filtered(wanted, self._requests.applications_with, PATIENT)
        return [each for each in found if each.client_id in wanted]

    async def _filtered(
        self,
        values: Sequence[Value],
        request: "Callable[[Sequence[Value]], RequestInformation]",
        patience: Patience,
    ) -> list[Application]:
        """Return what any of the values finds, each once; 15 values share a request."""
        firsts = [
            request(values[at : at + COMPARISONS_PER_REQUEST])
            for at in range(0, len(values), COMPARISONS_PER_REQUEST)
        ]
        async with task_group() as tasks:
            reads = [tasks.create_task(self._found(first, patience)) for first in firsts]
        seen: set[ObjectId] = set()
        return [each for read in reads for each in _unseen(read.result(), seen)]

    async def _found(self, first: "RequestInformation", patience: Patience) -> list[Application]:
        found: list[Application] = []
        async for documents in self._reads.pages("applications", first, patience):
            found += reading.applications("applications", documents)
        return found

    async def application(self, client_id: ClientId) -> Application | None:
        """Return one application, or None, as ApplicationDirectory promises."""
        operation = "application"
        answer = await self._reads.read(operation, self._requests.application(client_id), BRIEF)
        if says_absent(answer):
            return None
        require_success(operation, answer)
        return reading.applications(operation, reading.single(operation, answer))[0]

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        """Ask Graph now; nobody that the directory does not know is a member.

        Graph counts members of nested groups too: the token has named the direct ones.
        """
        operation = "checkMemberGroups"
        answer = await self._reads.read(
            operation, self._requests.check_member_groups(user, groups), ONCE
        )
        if says_absent(answer):
            return False
        require_success(operation, answer)
        return not reading.member_groups(operation, answer).isdisjoint(groups)

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        """Send addPassword once, as CredentialDirectory promises."""
        operation = "addPassword"
        answer = await self._write(operation, self._requests.add_password(application, request))
        if not answer.is_success:
            raise write_error(operation, answer)
        secret = reading.issued(answer)
        if secret is None:
            raise OutcomeUnknown(f"{operation}: no secret in the answer")
        return secret

    async def remove_secret(self, application: ObjectId, key_id: KeyId) -> bool:
        """Send removePassword once, as CredentialDirectory promises."""
        operation = "removePassword"
        answer = await self._write(operation, self._requests.remove_password(application, key_id))
        if says_no_such_secret(answer):
            return False
        if not answer.is_success:
            raise write_error(operation, answer)
        return True

    async def groups_with_role(self) -> frozenset[GroupId]:
        """Return the groups assigned the role, as ManagerDirectory promises."""
        operation = "appRoleAssignedTo"
        first = self._requests.role_assignments(self._portal)
        groups: set[GroupId] = set()
        async for documents in self._reads.pages(operation, first, PATIENT):
            groups.update(reading.assigned_groups(operation, documents, self._role))
        return frozenset(groups)

    async def members(self, group: GroupId) -> Sequence[Member]:
        """Return a group's direct members, each once, as ManagerDirectory promises."""
        operation = "members"
        found: dict[UserId, Member] = {}
        first = self._requests.members(group)
        async for documents in self._reads.pages(operation, first, PATIENT, none_if_absent=True):
            found.update((each.user_id, each) for each in reading.members(operation, documents))
        return tuple(found.values())

    async def grants(self, client_ids: Collection[ClientId]) -> Granted:
        """Return what was granted to the applications, as GrantDirectory promises."""
        return await self._grants(client_ids)

    async def _write(self, operation: str, information: "RequestInformation") -> Answer:
        try:
            return await self._client.send(information, ONCE)
        except NotSent as fault:
            log.warning("Graph was not asked for %s: %s", operation, fault)
            raise DirectoryUnavailable(f"{operation}: {fault}") from None
        except AnswerLost as fault:
            log.warning("Graph's answer to %s was lost: %s", operation, fault)
            raise OutcomeUnknown(f"{operation}: {fault}") from None


def _unseen(applications: Sequence[Application], seen: set[ObjectId]) -> list[Application]:
    """Return those not seen before: pages of a directory that changes may overlap."""
    fresh = {each.object_id: each for each in applications if each.object_id not in seen}
    seen.update(fresh)
    return list(fresh.values())


def connect(  # noqa: PLR0913 - one service's settings and what tests bring, all by name
    *,
    base_url: str,
    credential: "AsyncTokenCredential | None",
    portal_service_principal_id: str,
    credential_role_id: str,
    transport: "httpx.AsyncBaseTransport | None" = None,
    sleep: "Sleep" = asyncio.sleep,
    meters: DirectoryMeters = QUIET,
) -> GraphDirectory:
    """Return the directory at `base_url` (Graph's root with its version), one per process.

    Without a credential requests are anonymous. `sleep` takes seconds: pauses before a read is
    tried again. The credential stays its owner's.
    """
    from shared.adapters.graph_client import graph_client  # noqa: PLC0415 - the SDK takes 0.3 s

    client = graph_client(
        base_url=base_url,
        credential=credential,
        transport=transport,
        sleep=sleep,
        meters=meters,
    )
    return GraphDirectory(
        client,
        portal_service_principal_id=portal_service_principal_id,
        credential_role_id=credential_role_id,
    )
