"""Schemathesis holds the running API against its own contract, with right and wrong requests."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import core as hypothesis_core
from hypothesis.internal.conjecture import engine as hypothesis_engine
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.api.fuzz.cases import (
    LABELS,
    Label,
    Sandbox,
    cases,
    noise,
    queries,
    sandbox,
    tokens,
)
from tests.support.api import CONTRACT
from tests.support.stack import Stack

CONFORMANCE: Final[list[CheckFunction]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WRONG: Final[list[CheckFunction]] = [negative_data_rejection, missing_required_header]
TAKING_INPUT: Final = [
    label for label in LABELS if CONTRACT["paths"][label[1]][label[0].lower()].get("parameters")
]


@pytest.fixture(scope="module", autouse=True)
def hypothesis_as_it_was() -> Iterator[None]:
    """Give back what Schemathesis takes from Hypothesis: how it prints, how much it may draw."""
    with pytest.MonkeyPatch.context() as kept:
        for module, name in (
            (hypothesis_core, "RepresentationPrinter"),
            (hypothesis_engine, "BUFFER_SIZE"),
        ):
            kept.setattr(module, name, getattr(module, name))
        yield


@pytest.fixture(scope="module")
def ground(running: Stack) -> Iterator[Sandbox]:
    yield sandbox(running)
    running.calm()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made


@pytest.fixture
def fuzzed(running: Stack, ground: Sandbox, session: requests.Session, fuzz_cases: int) -> "Fuzzed":
    return Fuzzed(running, ground, session, fuzz_cases)


class Fuzzed:
    """Sends so many cases of an operation, the same ones each time, and holds every answer."""

    def __init__(
        self, product: Stack, ground: Sandbox, session: requests.Session, most: int
    ) -> None:
        self._product, self._ground, self._session, self._most = product, ground, session, most

    def by(self, label: Label, mode: GenerationMode, *, is_manager: bool) -> Counter[int]:
        """Return how often each status was answered."""
        token = self._product.token(self._ground.manager) if is_manager else None
        statuses: Counter[int] = Counter()

        @settings(
            max_examples=self._most,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(
            case=cases(label, mode, self._ground),
            headers=noise(),
            query=queries(),
            shown=tokens(token),
        )
        def exchange(
            case: Case[Any], headers: dict[str, str], query: dict[str, str], shown: str | None
        ) -> None:
            if shown is not None:
                headers = {**headers, "Authorization": shown}
            answer = case.call(self._product.functions, self._session, headers, query)
            statuses[answer.status_code] += 1
            wrong = [] if _platform_mends(case) else WRONG
            case.validate_response(answer, checks=[*CONFORMANCE, *wrong])

        exchange()
        assert statuses.total() >= self._most
        return statuses


def _platform_mends(case: Case[Any]) -> bool:
    """Tell whether the platform keeps the fault to itself: it drops an empty query parameter."""
    return not (case.query or {}).get("confirmLast", "true")


@pytest.mark.parametrize("label", LABELS, ids=" ".join)
def test_what_the_contract_allows_a_manager_is_answered_as_the_contract_says(
    fuzzed: Fuzzed, label: Label
) -> None:
    statuses = fuzzed.by(label, GenerationMode.POSITIVE, is_manager=True)
    assert any(status < 300 for status in statuses), statuses


@pytest.mark.parametrize("label", TAKING_INPUT, ids=" ".join)
def test_what_the_contract_forbids_is_refused_as_the_contract_says(
    fuzzed: Fuzzed, label: Label
) -> None:
    statuses = fuzzed.by(label, GenerationMode.NEGATIVE, is_manager=True)
    assert any(400 <= status < 500 for status in statuses), statuses


@pytest.mark.parametrize("label", LABELS, ids=" ".join)
def test_whatever_stands_in_for_a_token_the_answer_is_one_of_the_contracts(
    fuzzed: Fuzzed, label: Label
) -> None:
    statuses = fuzzed.by(label, GenerationMode.POSITIVE, is_manager=False)
    assert statuses.keys() in ({200}, {401}), statuses
