"""Values for tests: whatever a test does not name is ordinary."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shared.domain.access import CREDENTIAL_MANAGER, Portal, Principal
from shared.domain.applications import Application, Permission, Resource, manager_tags
from shared.domain.ids import ClientId, GroupId, KeyId, MessageId, ObjectId, PrincipalId, UserId
from shared.domain.messages import (
    Change,
    Line,
    Message,
    Notice,
    Partition,
    Recipient,
    State,
)
from shared.domain.reminders import Claim, Stage
from shared.domain.reports import (
    Kind,
    MonthlyReport,
    ReportedApplication,
    ReportedKind,
    Unread,
)
from shared.domain.secrets import ClientSecret, end_of
from tests.fakes.system import MORNING

TODAY = MORNING.date()


def numbered(number: int) -> str:
    """Return a GUID that shows its number."""
    return f"{number:08x}-0000-4000-8000-000000000000"


SEARCH_AND_MATCH = "5df05a6d-8ef0-49fe-9441-62cd9b540376"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
IDENTITY = PrincipalId(numbered(0xA1))
GROUP = GroupId(numbered(0xB1))
OTHER_GROUP = GroupId(numbered(0xB2))
CLIENT = ClientId(numbered(0xC1))
OTHER_CLIENT = ClientId(numbered(0xC2))
USER = UserId(numbered(0xD1))
PORTAL = Portal(
    client_id=ClientId(numbered(0xF1)),
    identity=IDENTITY,
    resources={SEARCH_AND_MATCH: Resource(name="Search and Match", environment="production")},
    step_up_context=None,
)


def day(offset: int, today: date = TODAY) -> date:
    return today + timedelta(days=offset)


def secret(
    number: int = 1,
    *,
    days_left: int = 300,
    age: int = 65,
    name: str | None = "Secret by JD",
    today: date = TODAY,
) -> ClientSecret:
    """Return a secret that was made `age` days ago and works `days_left` days more."""
    return ClientSecret(
        key_id=KeyId(numbered(number)),
        display_name=name,
        hint="Q_e",
        start=datetime.combine(day(-age, today), datetime.min.time(), UTC),
        end=end_of(day(days_left, today)),
    )


def application(
    *secrets: ClientSecret,
    client_id: ClientId = CLIENT,
    name: str = "Partner-NL-OrganisationName-SMC",
    groups: Iterable[GroupId] = (GROUP,),
    owners: Iterable[PrincipalId] = (IDENTITY,),
    tags: Iterable[str] = (),
    permissions: Iterable[Permission] = (),
) -> Application:
    return Application(
        object_id=ObjectId(client_id.replace("4000", "4aaa")),
        client_id=client_id,
        display_name=name,
        tags=(*manager_tags(groups), *tags),
        owners=frozenset(owners),
        permissions=tuple(permissions),
        secrets=secrets,
    )


def permission(
    resource_app_id: str = SEARCH_AND_MATCH, *, delegated: bool = False, number: int = 0xA9
) -> Permission:
    return Permission(
        resource_app_id=resource_app_id,
        permission_id=numbered(number),
        is_application_permission=not delegated,
    )


def principal(
    *,
    user_id: UserId = USER,
    groups: Iterable[GroupId] = (GROUP,),
    roles: Iterable[str] = (CREDENTIAL_MANAGER,),
    contexts: Iterable[str] = (),
    understands_challenges: bool = True,
) -> Principal:
    return Principal(
        user_id=user_id,
        tenant_id=numbered(0xE1),
        name="Jane Doe",
        client_id=PORTAL.client_id,
        token_id="uti",  # noqa: S106 - an id, no password
        roles=frozenset(roles),
        groups=frozenset(groups),
        authentication_contexts=frozenset(contexts),
        understands_challenges=understands_challenges,
    )


def line(claim: str = "key|sixWeeks", **changes: object) -> Line:
    values: dict[str, object] = {
        "claim": Claim(claim),
        "client_id": CLIENT,
        "application": "Partner-NL-OrganisationName-SMC",
        "secret": "Secret by JD",
        "hint": "Q_e",
        "ends_at": end_of(day(42)),
        "stage": Stage.SIX_WEEKS,
        "successor": None,
        "unreachable": None,
    }
    return Line(**(values | changes))  # type: ignore[arg-type]  # a test names what it changes


def notice(number: int = 1, **changes: object) -> Notice:
    values: dict[str, object] = {
        "change": Change.CREATED,
        "client_id": CLIENT,
        "application": "Partner-NL-OrganisationName-SMC",
        "organisation": "NL-OrganisationName",
        "key_id": KeyId(numbered(number)),
        "secret": "Secret by JD",
        "hint": "Q_e",
        "ends_at": end_of(day(300)),
        "by": "Jane Doe",
        "at": MORNING,
    }
    return Notice(**(values | changes))  # type: ignore[arg-type]  # a test names what it changes


def report(*kinds: ReportedKind, **changes: object) -> MonthlyReport:
    """Return the report of this month, with two applications under one kind if none is given."""
    named = tuple(
        ReportedApplication(
            client_id=ClientId(numbered(0xC0 + number)),
            application=f"Partner-NL-Organisation{number}-SMC",
            details=(f"last day 2026-12-0{number}: secret Q_e",),
            more_details=number - 1,
        )
        for number in (1, 2)
    )
    values: dict[str, object] = {
        "month": TODAY.replace(day=1),
        "examined": 22,
        "kinds": kinds or (ReportedKind(kind=Kind.NO_SUCCESSOR, total=5, applications=named),),
        "unread": (Unread.DELEGATED_GRANTS,),
    }
    return MonthlyReport(**(values | changes))  # type: ignore[arg-type]  # a test names what it changes


def message(
    number: int = 1, *, lines: Iterable[Line] = (), notice: Notice | None = None, **changes: object
) -> Message:
    """Return a message about one line, if neither lines nor a notice are given."""
    values: dict[str, object] = {
        "message_id": MessageId(numbered(0x1000 + number)),
        "recipient": Recipient(partition=Partition(USER), address="jane.doe@example.org"),
        "organisation": "NL-OrganisationName",
        "on": TODAY,
        "claimed_at": MORNING,
        "edition": "1",
        "lines": tuple(lines) or (() if notice else (line(),)),
        "notice": notice,
        "state": State.READY,
        "nonce": numbered(0x2000 + number),
    }
    return Message(**(values | changes))  # type: ignore[arg-type]  # a test names what it changes
