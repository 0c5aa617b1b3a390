"""One error for each reason why a request is refused or cannot be answered now.

`code` is the stable machine word of the HTTP contract. No error carries a secret's value, a token
or a setting's value: what an error says may be logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class PortalError(Exception):
    """A reason that the outside is told of."""

    code: ClassVar[str]


# Who is asking


class InvalidToken(PortalError):
    """The token is missing or breaks a rule; the argument names the rule, for the log."""

    code = "invalid_token"


class StepUpRequired(PortalError):
    """The token lacks the authentication context that stands for MFA."""

    code = "step_up_required"

    def __init__(self, authentication_context: str) -> None:
        super().__init__(authentication_context)
        self.authentication_context = authentication_context


class StepUpUnsupported(PortalError):
    """The same, and the client did not declare that it understands a claims challenge."""

    code = "step_up_unsupported"


class RoleMissing(PortalError):
    """The user does not have the role that the endpoint demands."""

    code = "role_missing"


class TooManyGroups(PortalError):
    """The user is in so many groups that the token cannot name them."""

    code = "too_many_groups"


# What is asked for


class ApplicationNotFound(PortalError):
    """Malformed, absent, foreign or unmanaged: the outside cannot tell which, the log can."""

    code = "not_found"


class ApplicationPrivileged(PortalError):
    """The application may reach more than the known resources: the portal does not touch it."""

    code = "application_privileged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A broken rule: `pointer` is a JSON pointer into the body, or names a header or parameter."""

    pointer: str
    detail: str


class InvalidInput(PortalError):
    """The request breaks one or more rules, all of which are named."""

    code = "invalid_input"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


class UnsupportedContentType(PortalError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"


class LifetimeRefused(PortalError):
    """A policy of the tenant forbids so long a lifetime."""

    code = "lifetime_refused"


class TooManySecrets(PortalError):
    """The application has as many secrets as it may have."""

    code = "too_many_secrets"


class DirectoryRefused(PortalError):
    """The directory refused a write for a reason that has no word of its own here."""

    code = "directory_refused"


# In what state it is


class LastValidSecret(PortalError):
    """Deleting the last valid secret cuts the application off: it must be confirmed."""

    code = "last_valid_secret"


class AlreadyCreated(PortalError):
    """An earlier request with this Idempotency-Key created the secret; its value is gone."""

    code = "already_created"

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


class CreateInProgress(PortalError):
    """An earlier request with this Idempotency-Key has no outcome yet."""

    code = "in_progress"


class CreateAborted(PortalError):
    """An earlier request with this Idempotency-Key came to nothing."""

    code = "aborted"


class IdempotencyKeyReused(PortalError):
    """The Idempotency-Key belongs to a request with another body."""

    code = "idempotency_key_reused"


class ApplicationBusy(PortalError):
    """Another write on the application is under way."""

    code = "application_busy"


# What is away


class TemporarilyUnavailable(PortalError):
    """A service that is needed did not answer, or asked for patience (seconds)."""

    def __init__(self, reason: str, *, retry_after: int = 10) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Throttled(TemporarilyUnavailable):
    """The directory or the storage counted too many requests; surely nothing was done."""

    code = "throttled"


class DirectoryUnavailable(TemporarilyUnavailable):
    """Microsoft Graph did not give a usable answer to a read."""

    code = "directory_unavailable"


class DirectoryBusy(TemporarilyUnavailable):
    """The directory refused a write for now (concurrency); surely nothing was done."""

    code = "directory_busy"


class OutcomeUnknown(TemporarilyUnavailable):
    """A write was sent and its answer lost: it may have been done, to `key_id` if that is known."""

    code = "outcome_unknown"

    def __init__(self, reason: str, *, retry_after: int = 10, key_id: str | None = None) -> None:
        super().__init__(reason, retry_after=retry_after)
        self.key_id = key_id


class StoreUnavailable(TemporarilyUnavailable):
    """Table Storage did not give a usable answer."""

    code = "store_unavailable"


class KeysUnavailable(TemporarilyUnavailable):
    """The tenant's signing keys are not known, so that no token can be judged."""

    code = "keys_unavailable"


class SettingsIncomplete(PortalError):
    """Settings are missing or malformed: all of them are named, none with its value."""

    code = "settings_incomplete"

    def __init__(self, *, missing: Iterable[str], malformed: Iterable[str]) -> None:
        self.missing = tuple(sorted(missing))
        self.malformed = tuple(sorted(malformed))
        super().__init__(", ".join((*self.missing, *self.malformed)))
