"""Ids that look random and are not."""

from random import Random


def guid(rng: Random) -> str:
    """Return a GUID (version 4) in canonical form."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


class SeededIds:
    """The Ids of one process."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def new(self) -> str:
        return guid(self._rng)


class Seeds:
    """One stream of chance for each purpose: what one draws more of changes nothing elsewhere."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def rng(self, purpose: str) -> Random:
        return Random(f"{self._seed}/{purpose}")  # noqa: S311 - it is to be foretold
