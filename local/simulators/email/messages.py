"""The body of a send, checked. Stricter than the service in one way: it takes no unknown member."""

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from local.simulators.email.errors import invalid_address, invalid_property

MAX_RECIPIENTS = 50
ADDRESS = re.compile(r"[^@\s<>()\",;:\\]+@[^@\s<>()\",;:\\.]+(\.[^@\s<>()\",;:\\.]+)+")
CONTENT_TYPE = r"^[\w.+-]+/[\w.+-]+(; *[\w.+-]+=\"?[\w.+-]+\"?)*$"


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError("not base64") from fault
    return text


def _bare(text: str) -> str:
    if ADDRESS.fullmatch(text) is None:
        raise ValueError("not a bare address")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class Mailbox(_Strict):
    """An address with the name of its holder."""

    address: str
    display_name: str | None = None


class Recipients(_Strict):
    """Whom a mail goes to."""

    to: list[Mailbox] = Field(min_length=1)
    cc: list[Mailbox] = []
    bcc: list[Mailbox] = []

    @property
    def addresses(self) -> list[str]:
        """Every address, in order."""
        return [each.address for each in (*self.to, *self.cc, *self.bcc)]


class Content(_Strict):
    """What a mail says."""

    subject: str = Field(min_length=1)
    plain_text: str | None = None
    html: str | None = None


class Attachment(_Strict):
    """A file that goes along."""

    name: str = Field(min_length=1)
    content_type: str = Field(pattern=CONTENT_TYPE)
    content_in_base64: Annotated[str, AfterValidator(_base64)]
    content_id: str | None = None


class Message(_Strict):
    """The body of `POST /emails:send`."""

    sender_address: Annotated[str, AfterValidator(_bare)]
    recipients: Recipients
    content: Content
    attachments: list[Attachment] = []
    headers: dict[str, str] = {}
    reply_to: list[Mailbox] = []
    user_engagement_tracking_disabled: bool | None = None


def parsed(body: bytes) -> Message:
    """Return the message; EmailError if the service would refuse it."""
    try:
        message = Message.model_validate_json(body)
    except ValidationError as fault:
        place = ".".join(str(part) for part in fault.errors()[0]["loc"])
        raise invalid_property(place or "body") from fault
    if not (message.content.plain_text or message.content.html):
        raise invalid_property("content")
    addresses = message.recipients.addresses
    if len(addresses) > MAX_RECIPIENTS:
        raise invalid_property("recipients")
    if not all(ADDRESS.fullmatch(each) for each in addresses):
        raise invalid_address()
    return message
