"""Who may do what, as a table of rules in words. It shares no code with the product."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.integration.api.matrix.flaws import CHALLENGED, UNABLE, Flaw
from tests.integration.api.matrix.operations import Operation
from tests.integration.api.matrix.principals import Principal
from tests.integration.api.matrix.things import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One request: who asks for what, with which token, about which thing."""

    operation: Operation
    principal: Principal
    flaw: Flaw
    thing: Thing

    def __str__(self) -> str:
        return f"[{self.operation}, {self.principal}, {self.flaw}, {self.thing}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a cell must come to. `status` 0: the operation's own success.

    `outcome` is that of the audit row; None: no row. `reason` is for operations alone.
    `is_named`: the row stands with the application that the path names. `is_judged`: the input was,
    so that the row names the secret. `asks`: the directory is asked about applications and members.
    """

    status: int
    code: str | None = None
    outcome: str | None = None
    reason: str = ""
    is_named: bool = True
    is_judged: bool = True
    asks: bool = True
    writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The first rule that applies to a cell decides."""

    words: str
    applies: Callable[[Cell], bool]
    expected: Expected


def _hidden(reason: str, *, is_named: bool = True) -> Expected:
    """Expect the one 404, and its true reason in the audit."""
    return Expected(
        status=404,
        code="not_found",
        outcome="not_found",
        reason=reason,
        is_named=is_named,
        asks=reason != "malformed",
    )


def _refused_before_input(status: int, code: str) -> Expected:
    return Expected(status=status, code=code, outcome=code, is_judged=False, asks=False)


def _is_unauthenticated(cell: Cell) -> bool:
    principal = cell.principal
    return cell.flaw.is_defect or not principal.has_token or not principal.is_user


def _breaks_input(cell: Cell) -> bool:
    thing, operation = cell.thing, cell.operation
    in_key = operation.concerns_secret and not thing.is_key
    return in_key or (operation.takes_body and thing.breaks_create)


def _has_its_own_type(cell: Cell) -> bool:
    return cell.thing.media_type == "application/json" or not cell.operation.takes_body


def _is_absent(cell: Cell) -> bool:
    return not cell.thing.exists or cell.thing.by_object_id


def is_managed(thing: Thing) -> bool:
    """Tell whether an application is tagged with a group's id, owned, and not the portal."""
    tagged = thing.tag == "credential-managers:{group}" and bool(thing.managers)
    return tagged and thing.is_owned and not thing.is_portal


def _named_by_token(cell: Cell) -> bool:
    return bool(cell.thing.managers & cell.principal.in_token)


def _still_member(cell: Cell) -> bool:
    return bool(cell.thing.managers & cell.principal.in_token & cell.principal.in_directory)


def _is_gone(cell: Cell) -> bool:
    return cell.operation.concerns_secret and cell.thing.key != "listed"


RULES: Final = (
    Rule(
        words="what is open to anyone asks for no token and minds none",
        applies=lambda cell: not cell.operation.is_secured,
        expected=Expected(status=0, asks=False),
    ),
    Rule(
        words="without a user's sound token there is no way in, and no word about anything",
        applies=_is_unauthenticated,
        expected=Expected(status=401, code="invalid_token", asks=False),
    ),
    Rule(
        words="a token that does not name its groups says nothing of who may do what",
        applies=lambda cell: not cell.principal.names_groups,
        expected=Expected(status=403, code="too_many_groups", asks=False),
    ),
    Rule(
        words="the role comes before everything that is asked for",
        applies=lambda cell: cell.operation.role not in cell.principal.roles,
        expected=_refused_before_input(403, "role_missing"),
    ),
    Rule(
        words="another type of body is refused whatever the application",
        applies=lambda cell: not _has_its_own_type(cell),
        expected=Expected(status=415, code="unsupported_media_type", asks=False),
    ),
    Rule(
        words="input that breaks a rule is refused whatever the application, and is no attempt",
        applies=_breaks_input,
        expected=Expected(status=422, code="invalid_input", asks=False),
    ),
    Rule(
        words="whoever looks after all applications is told of all, and changes none",
        applies=lambda cell: not cell.operation.is_for_managers,
        expected=Expected(status=0),
    ),
    Rule(
        words="whoever has the role may list",
        applies=lambda cell: not cell.operation.concerns_application,
        expected=Expected(status=0),
    ),
    Rule(
        words="what is no client id names nothing",
        applies=lambda cell: not cell.thing.is_id,
        expected=_hidden("malformed", is_named=False),
    ),
    Rule(
        words="what is not there cannot be told from what is not one's own",
        applies=_is_absent,
        expected=_hidden("absent", is_named=False),
    ),
    Rule(
        words="what is untagged, unowned or the portal itself nobody manages",
        applies=lambda cell: not is_managed(cell.thing),
        expected=_hidden("unmanaged"),
    ),
    Rule(
        words="what is tagged with groups that the token does not name is another's",
        applies=lambda cell: not _named_by_token(cell),
        expected=_hidden("foreign"),
    ),
    Rule(
        words="a write needs a membership that the directory confirms now",
        applies=lambda cell: not _still_member(cell),
        expected=_hidden("no longer a member"),
    ),
    Rule(
        words="what reaches beyond the provider's resources is not written, and that is said",
        applies=lambda cell: cell.thing.is_privileged,
        expected=Expected(
            status=403, code="application_privileged", outcome="application_privileged"
        ),
    ),
    Rule(
        words="an application has at most ten live secrets",
        applies=lambda cell: cell.operation.takes_body and cell.thing.is_full,
        expected=Expected(status=422, code="too_many_secrets", outcome="too_many_secrets"),
    ),
    Rule(
        words="the last valid secret goes only where that is confirmed",
        applies=lambda cell: cell.operation.concerns_secret and not cell.thing.is_confirmed,
        expected=Expected(status=409, code="last_valid_secret", outcome="last_valid_secret"),
    ),
    Rule(
        words="a secret that is not one of the application's is gone already",
        applies=_is_gone,
        expected=Expected(status=0, outcome="already_gone"),
    ),
    Rule(
        words="a credential manager deletes a secret of their application",
        applies=lambda cell: cell.operation.concerns_secret,
        expected=Expected(status=0, outcome="deleted", writes=True),
    ),
    Rule(
        words="a credential manager creates a secret for their application",
        applies=lambda cell: cell.operation.takes_body,
        expected=Expected(status=0, outcome="created", writes=True),
    ),
)


_STEP_UP: Final = (
    Rule(
        words="what needs a role needs evidence of MFA: a client that can is told to ask for it",
        applies=lambda cell: cell.flaw in CHALLENGED,
        expected=_refused_before_input(401, "step_up_required"),
    ),
    Rule(
        words="what needs a role needs evidence of MFA: a client that cannot ask for it is refused",
        applies=lambda cell: cell.flaw in UNABLE,
        expected=_refused_before_input(403, "step_up_unsupported"),
    ),
)
_ROLE: Final = next(
    number for number, rule in enumerate(RULES) if rule.expected.code == "role_missing"
)
STEP_UP_RULES: Final = (*RULES[: _ROLE + 1], *_STEP_UP, *RULES[_ROLE + 1 :])
"""Where a step-up is demanded. Who lacks the role is told so first: no MFA would help."""
