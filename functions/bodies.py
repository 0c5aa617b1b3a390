"""What a request asks for: parsed strictly, every fault named, nothing guessed."""

import re
from datetime import date
from typing import Annotated

import azure.functions as func
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from shared.domain.errors import Fault, InvalidInput, UnsupportedContentType
from shared.domain.ids import KeyId, guid
from shared.use_cases.create_secret import Wish

MAX_BYTES = 4096
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not known",
    "string_type": "must be a string",
    "json_invalid": "must be JSON",
    "model_type": "must be an object",
}


def _calendar_day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("not a day")
    return date.fromisoformat(value)


class _CreateBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    display_name: str = Field(alias="displayName")
    expires_on: Annotated[date, BeforeValidator(_calendar_day)] = Field(alias="expiresOn")


def wish(request: func.HttpRequest) -> Wish:
    """Return the secret that is asked for.

    Raises UnsupportedContentType, or InvalidInput that names every fault of header and body.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise UnsupportedContentType
    faults: list[Fault] = []
    key = guid(request.headers.get("idempotency-key", ""))
    if key is None:
        faults.append(Fault(pointer="/Idempotency-Key", detail="must be a UUID, in a header"))
    body = _body(request.get_body(), faults)
    if key is None or body is None:
        raise InvalidInput(*faults)
    return Wish(idempotency_key=key, display_name=body.display_name, expires_on=body.expires_on)


def key_id(request: func.HttpRequest) -> KeyId:
    """Return the key id that the path names; raise InvalidInput where it is no GUID."""
    canonical = guid(request.route_params["keyId"])
    if canonical is None:
        raise InvalidInput(Fault(pointer="/keyId", detail="must be a GUID"))
    return KeyId(canonical)


def confirms_last(request: func.HttpRequest) -> bool:
    """Tell whether deleting the last valid secret is confirmed; raise InvalidInput for a riddle."""
    given: str = request.params.get("confirmLast", "false")
    if given not in {"true", "false"}:
        raise InvalidInput(Fault(pointer="/confirmLast", detail="must be true or false"))
    return given == "true"


def day_asked_for(request: func.HttpRequest) -> date:
    """Return the day that `on` names; raise InvalidInput where it names none."""
    try:
        return _calendar_day(request.params.get("on"))
    except ValueError:
        detail = "must be a day, written as 2027-05-21"
        raise InvalidInput(Fault(pointer="/on", detail=detail)) from None


def _body(raw: bytes, faults: list[Fault]) -> _CreateBody | None:
    if len(raw) > MAX_BYTES:
        faults.append(Fault(pointer="", detail=f"must have at most {MAX_BYTES} bytes"))
        return None
    try:
        return _CreateBody.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults.extend(_fault(detail) for detail in details)
        return None


def _fault(detail: ErrorDetails) -> Fault:
    """Return a fault in our own words: the validator's could repeat what was sent."""
    pointer = "".join(f"/{_escaped(str(part))}" for part in detail["loc"])
    words = _WORDS.get(detail["type"], "must be a day, written as 2027-05-21")
    return Fault(pointer=pointer, detail=words)


def _escaped(part: str) -> str:
    """Escape a token of a JSON pointer (RFC 6901), and cut what a caller made too long."""
    return part.replace("~", "~0").replace("/", "~1")[:64]
