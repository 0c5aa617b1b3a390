"""The tenant's signing keys: fetched for all who wait, kept through an outage of a day.

Nobody's request makes more attempts than these: one an hour in the background, one in five minutes
for a key id that is not known, one in ten seconds while there is no usable set at all. Failures
count as attempts.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from shared.adapters.quiet_telemetry import QUIET
from shared.domain.errors import KeysUnavailable
from shared.log_records import line
from shared.ports.system import Clock
from shared.ports.telemetry import KeyMeters

log = logging.getLogger(__name__)

REFRESH_AFTER: Final = timedelta(hours=1)
SERVED_FOR: Final = timedelta(hours=24)
UNKNOWN_EVERY: Final = timedelta(minutes=5)
EMPTY_EVERY: Final = timedelta(seconds=10)
OUT_AFTER: Final = timedelta(hours=2)
"""So old a set means that its refreshing has failed for an hour."""

FETCH_SECONDS: Final = 10
CALL_SECONDS: Final = 5
LARGEST: Final = 1024 * 1024
"""Bytes of a document."""

SMALLEST_KEY: Final = 2048
"""Bits."""

Keys = Mapping[str, RSAPublicKey]


class _FetchError(Exception):
    """The keys could not be had; the text says why, and holds nothing that was received."""


class SigningKeys:
    """The keys by their ids. Belongs to the event loop that first asks."""

    def __init__(
        self,
        *,
        authority: str,
        clock: Clock,
        meters: KeyMeters = QUIET,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._meters = meters
        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS, follow_redirects=False, transport=transport
        )
        self._keys: Keys = {}
        self._fetched_at: datetime | None = None
        self._attempted_at: datetime | None = None
        self._attempt: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """End an attempt that is under way, and the connections."""
        if self._attempt is not None and not self._attempt.done():
            self._attempt.cancel()
            await asyncio.gather(self._attempt, return_exceptions=True)
        await self._http.aclose()

    async def key(self, key_id: str) -> RSAPublicKey | None:
        """Return the key; None if the tenant surely has none of that id.

        Raises KeysUnavailable where that cannot be told: no set was ever had, the last good one is
        a day old, or the id is unknown and the last attempt failed.
        """
        if self._age() >= SERVED_FOR:
            await self._attempted(EMPTY_EVERY)
        if self._age() >= SERVED_FOR:
            raise self._unavailable(EMPTY_EVERY)
        found = self._keys.get(key_id)
        if found is not None:
            if self._age() >= REFRESH_AFTER:
                self._started(UNKNOWN_EVERY)
            return found
        await self._attempted(UNKNOWN_EVERY)
        if key_id not in self._keys and self._attempted_at != self._fetched_at:
            raise self._unavailable(UNKNOWN_EVERY)
        return self._keys.get(key_id)

    def _age(self) -> timedelta:
        if self._fetched_at is None:
            return timedelta.max
        return self._clock.now() - self._fetched_at

    def _unavailable(self, pause: timedelta) -> KeysUnavailable:
        """Say when the next attempt may bring an answer."""
        waited = self._clock.now() - (self._attempted_at or self._clock.now())
        seconds = int((pause - waited).total_seconds()) + 1
        return KeysUnavailable("signing keys", retry_after=max(1, seconds))

    async def _attempted(self, pause: timedelta) -> None:
        """Wait for the attempt that is under way, or for a new one if the last is old enough."""
        attempt = self._started(pause)
        if attempt is not None:
            # Whoever stops waiting does not stop the attempt: others wait for it too.
            await asyncio.shield(attempt)

    def _started(self, pause: timedelta) -> asyncio.Task[None] | None:
        """Return the attempt under way, or a new one; None while the last one is too young."""
        if self._attempt is not None and not self._attempt.done():
            return self._attempt
        now = self._clock.now()
        if self._attempted_at is not None and now - self._attempted_at < pause:
            return None
        self._attempted_at = now
        self._attempt = asyncio.create_task(self._replace_set(now))
        return self._attempt

    async def _replace_set(self, now: datetime) -> None:
        """Replace the set as a whole, or keep the last good one."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._keys = await self._fetch()
        except (_FetchError, httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            self._tell_of_failure(error)
        else:
            self._fetched_at = now
            self._meters.keys_fetched(is_good=True, age=timedelta())

    def _tell_of_failure(self, error: Exception) -> None:
        """Log a failure; from two hours without a new set on, or without any, as an outage."""
        age = None if self._fetched_at is None else self._age()
        self._meters.keys_fetched(is_good=False, age=age)
        hours = None if age is None else round(age / timedelta(hours=1), 1)
        reason = str(error) if isinstance(error, _FetchError) else None
        told = {"fault": type(error).__name__, "reason": reason, "age_hours": hours}
        if age is None or age >= OUT_AFTER:
            log.error(line("alarm: the signing keys cannot be fetched", **told))
        else:
            log.warning(line("signing keys not fetched", **told))

    async def _fetch(self) -> Keys:
        address = f"{self._authority}/.well-known/openid-configuration"
        metadata = await self._document(address)
        if metadata.get("issuer") != self._authority:
            raise _FetchError("the metadata is another issuer's")
        keys_address = metadata.get("jwks_uri")
        if not isinstance(keys_address, str) or _origin(keys_address) != _origin(address):
            raise _FetchError("the keys are elsewhere")
        listed = (await self._document(keys_address)).get("keys")
        keys = _usable(listed if isinstance(listed, list) else [])
        if not keys:
            raise _FetchError("no usable key")
        return keys

    async def _document(self, address: str) -> Mapping[str, Any]:
        body = b""
        async with self._http.stream("GET", address) as answer:
            if answer.status_code != httpx.codes.OK:
                raise _FetchError(f"status {answer.status_code}")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise _FetchError("too large")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise _FetchError("no JSON") from None
        if not isinstance(document, dict):
            raise _FetchError("no object")
        return document


def _origin(address: str) -> tuple[str, str, int | None]:
    url = httpx.URL(address)
    return (url.scheme, url.host, url.port)


def _usable(listed: list[Any]) -> Keys:
    """Return the public RSA keys for signatures; whatever else is listed is passed over."""
    keys = {}
    for entry in listed:
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str):
            key = _public_key(entry)
            if key is not None:
                keys[entry["kid"]] = key
    return keys


def _public_key(entry: dict[str, Any]) -> RSAPublicKey | None:
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    try:
        key = RSAAlgorithm.from_jwk(entry)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY:
        return None
    return key
