"""Who hears of a due secret: its credential managers as they are now, or else support."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.access import Portal, is_managed
from shared.domain.addresses import is_mail_address
from shared.domain.applications import Application
from shared.domain.ids import GroupId
from shared.domain.messages import SUPPORT, Member, Partition, Recipient, Unreachable

Members = Mapping[GroupId, Sequence[Member]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The recipients of a reminder; `unreachable` says why it is support and nobody else."""

    recipients: tuple[Recipient, ...]
    unreachable: Unreachable | None


def groups_to_ask(
    application: Application, portal: Portal, with_role: Collection[GroupId]
) -> frozenset[GroupId]:
    """Return the groups whose members are the application's credential managers now."""
    if not is_managed(application, portal):
        return frozenset()
    return application.manager_groups & frozenset(with_role)


def audience(
    application: Application, portal: Portal, members: Members, support_address: str
) -> Audience:
    """Return who is to be told; `members` holds every group of `groups_to_ask`, and no other."""
    asked = [members[group] for group in sorted(application.manager_groups) if group in members]
    recipients = reachable(member for group in asked for member in group)
    if recipients and is_managed(application, portal):
        return Audience(recipients=recipients, unreachable=None)
    return Audience(
        recipients=(Recipient(partition=SUPPORT, address=support_address),),
        unreachable=_reason(application, portal, asked),
    )


def reachable(members: Iterable[Member]) -> tuple[Recipient, ...]:
    """Return each enabled member with an address once, in a stable order.

    What is no address is left out: the mail service's refusal could not be told from one of us.
    """
    found = {
        member.user_id: Recipient(partition=Partition(member.user_id), address=member.address)
        for member in members
        if member.enabled and member.address and is_mail_address(member.address)
    }
    return tuple(found[user_id] for user_id in sorted(found))


def _reason(
    application: Application, portal: Portal, asked: Sequence[Sequence[Member]]
) -> Unreachable:
    if not is_managed(application, portal):
        return Unreachable.UNMANAGED
    if not asked:
        return Unreachable.GROUP_WITHOUT_ROLE
    if not any(asked):
        return Unreachable.GROUP_EMPTY
    return Unreachable.MEMBERS_UNREACHABLE
