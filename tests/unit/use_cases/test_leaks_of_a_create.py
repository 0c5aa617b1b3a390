"""Errors that quote the value, at every await of a create that holds it: only the 201 shows it.

From the directory's answer on, through record, notices and audit, to the border.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import count
from types import SimpleNamespace

import azure.functions as func
import pytest
from azure.core.exceptions import HttpResponseError

from functions import secrets
from shared.bootstrap import Composition
from shared.domain.access import Portal, Principal
from shared.domain.errors import StoreUnavailable, Throttled
from shared.domain.ids import ObjectId
from shared.domain.secrets import SecretValue
from shared.ports.directory import IssuedSecret, SecretRequest
from shared.settings import read
from shared.use_cases.attempts import Attempts
from shared.use_cases.create_secret import CreateSecret
from tests.fakes.directory import FakeDirectory
from tests.fakes.secret_store import FakeAuditTrail
from tests.leaks.canaries import canary, leaks, shown
from tests.leaks.ears import Ears, ears_open, nobody_asked
from tests.leaks.interruptions import Interruption, interrupted, tasks_interruptible
from tests.support.builders import CLIENT, GROUP, PORTAL, application, day, numbered, principal
from tests.unit.test_settings import WHOLE
from tests.unit.use_cases.conftest import House, manager

BODY = json.dumps({"displayName": "Secret by JD", "expiresOn": f"{day(100)}"}).encode()
CREATED = 201
FEWEST_AWAITS = 20


def because_of(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def with_a_note(error: Exception, note: str) -> Exception:
    error.add_note(note)
    return error


ERRORS: dict[str, Callable[[str], BaseException]] = {
    "storage is away": lambda value: because_of(StoreUnavailable("away"), ValueError(value)),
    "storage is busy": lambda value: because_of(Throttled("busy"), HttpResponseError(value)),
    "a vendor's that quotes": lambda value: HttpResponseError(f'{{"secretText": "{value}"}}'),
    "anything that quotes": Exception,
    "a key that quotes": KeyError,
    "a note that quotes": lambda value: with_a_note(RuntimeError("x"), value),
    "several that quote": lambda value: ExceptionGroup(value, [ValueError(value)]),
    "a cancellation": lambda _: asyncio.CancelledError(),
}


class CanaryDirectory(FakeDirectory):
    """Hands out the values that it is told to, and says when it has."""

    def __init__(self, value: str, handed_out: Callable[[], None]) -> None:
        super().__init__()
        self._value = value
        self._handed_out = handed_out

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        issued = await super().add_secret(application, request)
        self._handed_out()
        return replace(issued, hint=self._value[:3], value=SecretValue(self._value))


class Doorman:
    """Lets one user in."""

    async def principal(self, _: str | None) -> Principal:
        return principal()


class OnFakes(Composition):
    """The product with its use cases on fakes."""

    def __init__(self, house: House, trail: FakeAuditTrail) -> None:
        super().__init__(clock=house.clock, read_settings=lambda: read(WHOLE))
        self._house = house
        self._trail = trail

    @cached_property
    def portal(self) -> Portal:
        return PORTAL

    @cached_property
    def authenticator(self) -> Doorman:
        return Doorman()

    @cached_property
    def attempts(self) -> Attempts:
        return Attempts(trail=self._trail, clock=self.clock, ids=self.ids)

    @cached_property
    def create_secret(self) -> CreateSecret:
        return self._house.create


@dataclass(slots=True)
class Create:
    """One create of one value, on fakes of its own."""

    interruption: Interruption
    value: str = field(default_factory=canary)
    house: House = field(init=False)
    trail: FakeAuditTrail = field(default_factory=FakeAuditTrail)

    def __post_init__(self) -> None:
        directory = CanaryDirectory(self.value, self.interruption.begin)
        self.house = House(directory=directory, notifies=True)
        directory.set_group(GROUP, manager())
        self.house.holds(application())

    async def __call__(self) -> func.HttpResponse:
        request = func.HttpRequest(
            method="POST",
            url="http://127.0.0.1/",
            headers={"content-type": "application/json", "idempotency-key": numbered(1)},
            route_params={"clientId": CLIENT},
            body=BODY,
        )
        app = func.FunctionApp()
        app.register_functions(secrets.blueprint(OnFakes(self.house, self.trail)))
        create = next(iter(app.get_functions())).get_user_function()
        context = SimpleNamespace(
            function_name="create_secret", trace_context=SimpleNamespace(trace_parent=None)
        )
        answer: func.HttpResponse = await create(request, context)
        return answer

    def kept(self) -> dict[str, str]:
        """Return all that is remembered."""
        return {
            "the store": repr(vars(self.house.store)),
            "the ledger": repr(vars(self.house.ledger)),
            "the audit": repr(self.trail.entries),
            "the mails": repr(self.house.mailer.accepted),
        }


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    asyncio.get_running_loop().set_debug(True)
    with ears_open() as listening, tasks_interruptible():
        yield listening


async def struck(create: Create, ears: Ears) -> func.HttpResponse | None:
    """Return the answer, once all that the create began has ended; None where there is none."""
    try:
        return await interrupted(create, create.interruption)
    except asyncio.CancelledError as error:
        ears.overhear(error)
        return None
    finally:
        await create.interruption.over()


def every_await(error: Callable[[str], BaseException]) -> Iterator[Create]:
    """Yield a create for each await; the last one is not struck any more."""
    for at in count(1):
        value = canary()
        create = Create(Interruption(error=partial(error, value), at=at), value)
        yield create
        if not create.interruption.happened:
            return


@pytest.mark.parametrize("error", ERRORS)
async def test_a_value_shows_in_the_201_alone_whatever_fails(
    ears: Ears, capfd: pytest.CaptureFixture[str], error: str
) -> None:
    statuses: list[int | None] = []
    values: list[str] = []
    for create in every_await(ERRORS[error]):
        answer = await struck(create, ears)
        places = {**create.kept(), "the log": ears.take()}
        if answer is not None:
            document = json.loads(answer.get_body())
            revealed = document.pop("secretText", None)
            assert revealed == (create.value if answer.status_code == CREATED else None)
            places["the rest of the answer"] = f"{document} {dict(answer.headers)}"
        again = await create()
        places["the answer to a repeat"] = f"{again.get_body()!r} {dict(again.headers)}"
        assert shown(create.value, places) == []
        statuses.append(answer.status_code if answer else None)
        values.append(create.value)
    await nobody_asked()
    said = {"the log": ears.take(), "the output": "".join(capfd.readouterr())}
    assert leaks(values, said) == []
    assert statuses[-1] == CREATED
    assert len(values) > FEWEST_AWAITS


async def test_every_place_is_looked_at(ears: Ears) -> None:
    create = Create(Interruption(error=Exception, at=0))
    answer = await struck(create, ears)
    assert answer is not None
    assert shown(create.value, {"the 201": answer.get_body().decode()}) == ["the 201: first half"]
    assert '"event": "attempt"' in ears.take().replace("\\", "")
    assert {place: CLIENT in content for place, content in create.kept().items()} == {
        "the store": True,
        "the ledger": True,
        "the audit": True,
        "the mails": True,
    }
