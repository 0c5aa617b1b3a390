"""Who may do what: every operation of the contract, by every principal, token and thing."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.api.matrix.asking import Asker
from tests.integration.api.matrix.matrix import Matrix, told
from tests.integration.api.matrix.operations import OPEN, SECURED, Operation
from tests.integration.api.matrix.oracle import RULES
from tests.integration.api.matrix.principals import PRINCIPALS, Principal
from tests.integration.api.matrix.tenancy import Tenancy
from tests.support.api import CONTRACT
from tests.support.stack import Stack

AT_LEAST = 3_000


@pytest.fixture(scope="module")
def matrix(running: Stack) -> Iterator[Matrix]:
    tenancy = Tenancy(running, PRINCIPALS)
    with httpx.Client(base_url=running.functions, timeout=30) as http:
        yield Matrix(product=running, tenancy=tenancy, asker=Asker(tenancy=tenancy, http=http))
    running.calm()


@pytest.mark.parametrize("principal", PRINCIPALS, ids=str)
@pytest.mark.parametrize("operation", SECURED, ids=str)
def test_each_gets_what_the_rules_say_and_leaves_what_they_say(
    matrix: Matrix, operation: Operation, principal: Principal
) -> None:
    faults = matrix.faults(operation, principal)
    assert not faults, told(faults)


@pytest.mark.parametrize("operation", OPEN, ids=str)
def test_what_is_open_to_anyone_minds_no_token(matrix: Matrix, operation: Operation) -> None:
    faults = [fault for each in PRINCIPALS for fault in matrix.faults(operation, each)]
    assert not faults, told(faults)


def test_the_matrix_is_made_from_the_contract_that_is_served(matrix: Matrix) -> None:
    assert matrix.asker.http.get("/api/openapi.json").json() == CONTRACT


def test_no_application_gained_or_lost_a_secret_but_by_its_managers(matrix: Matrix) -> None:
    matrix.complete()
    assert len(matrix.changes) > len(SECURED)
    assert matrix.wrongly_changed() == {}


def test_thousands_of_cells_were_asked_and_every_rule_decided_some(matrix: Matrix) -> None:
    matrix.complete()
    assert matrix.asked >= AT_LEAST
    assert matrix.decided == {rule.words for rule in RULES}
