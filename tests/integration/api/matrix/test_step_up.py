"""Where evidence of MFA is demanded, everything that needs a role needs it, and nothing else."""

import base64
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.api.matrix.asking import Asker
from tests.integration.api.matrix.flaws import CHALLENGED, CONTEXT, SHOWN, UNABLE, Flaw
from tests.integration.api.matrix.matrix import Matrix, told
from tests.integration.api.matrix.operations import OPERATIONS, SECURED, Operation
from tests.integration.api.matrix.oracle import STEP_UP_RULES, Cell
from tests.integration.api.matrix.principals import MANAGER, OPERATOR, TELLING, Principal
from tests.integration.api.matrix.tenancy import Tenancy
from tests.integration.api.matrix.things import FOREIGN_ONE, MALFORMED, NO_THING, OWN
from tests.support.stack import Stack, running_host


def cells(operation: Operation, principal: Principal) -> Iterator[Cell]:
    """Yield what one principal tries, the write that is allowed last."""
    things = (FOREIGN_ONE, MALFORMED, OWN) if operation.concerns_application else (NO_THING,)
    for flaw in (*CHALLENGED, *UNABLE) if principal.has_token else UNABLE[:1]:
        for thing in things:
            yield Cell(operation=operation, principal=principal, flaw=flaw, thing=thing)
    for flaw in SHOWN[:1] if operation.concerns_application else SHOWN:
        for thing in things if principal.has_token else ():
            yield Cell(operation=operation, principal=principal, flaw=flaw, thing=thing)


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Iterator[Matrix]:
    settings = {**running.settings, "STEP_UP_AUTH_CONTEXT": CONTEXT}
    tenancy = Tenancy(running, TELLING)
    with running_host(settings) as host, httpx.Client(base_url=host.address()) as http:
        asker = Asker(tenancy=tenancy, http=http)
        yield Matrix(product=running, tenancy=tenancy, asker=asker, plan=cells, rules=STEP_UP_RULES)
    running.calm()


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_only_what_needs_a_role_needs_the_evidence(matrix: Matrix, operation: Operation) -> None:
    faults = [fault for each in TELLING for fault in matrix.faults(operation, each)]
    assert not faults, told(faults)


@pytest.mark.parametrize("operation", SECURED, ids=str)
@pytest.mark.parametrize("flaw", CHALLENGED, ids=str)
def test_the_challenge_says_in_header_and_body_what_to_ask_the_sign_in_for(
    matrix: Matrix, operation: Operation, flaw: Flaw
) -> None:
    thing = OWN if operation.concerns_application else NO_THING
    principal = MANAGER if operation.is_for_managers else OPERATOR
    cell = Cell(operation=operation, principal=principal, flaw=flaw, thing=thing)
    answer = matrix.asker.ask(cell, matrix.next_trace()).answer
    claims = answer.json()["claims"]
    assert json.loads(base64.b64decode(claims)) == {
        "access_token": {"acrs": {"essential": True, "value": CONTEXT}}
    }
    assert f'error="insufficient_claims", claims="{claims}"' in answer.headers["WWW-Authenticate"]


def test_no_application_gained_or_lost_a_secret_without_evidence(matrix: Matrix) -> None:
    matrix.complete()
    assert matrix.changes
    assert matrix.wrongly_changed() == {}
