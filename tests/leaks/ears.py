"""Hears all that this process says: every logger at DEBUG, tasks that nobody asked, output."""

import asyncio
import gc
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class Ears(logging.Handler):
    """Hears every record, its arguments, extras and traceback included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._formatter = logging.Formatter()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{self._formatter.format(record)} {vars(record)!r}")

    def overhear(self, error: BaseException) -> None:
        """Take what a host would log of an error that reached it."""
        shown = traceback.format_exception(error)
        self.heard.append(f"{error!r} {error} {error.args!r} {''.join(shown)}")

    def take(self) -> str:
        """Return what was heard since the last time."""
        heard = "".join(self.heard)
        self.heard.clear()
        return heard


async def nobody_asked() -> None:
    """Let asyncio tell of the tasks that ended with an error that nobody asked for."""
    await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)


def speak_up() -> None:
    """Let every logger speak at DEBUG, whatever it was told before."""
    for name in ["", *logging.root.manager.loggerDict]:
        # Unpacked at DEBUG, a header block shows the token: the adapter keeps this one quiet.
        if not name.startswith("hpack"):
            logging.getLogger(name or None).setLevel(logging.DEBUG)


@contextmanager
def ears_open() -> Iterator[Ears]:
    """Hear everything while the context lasts."""
    listening, root = Ears(), logging.getLogger()
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    levels = {logger: logger.level for logger in [root, *named]}
    root.addHandler(listening)
    speak_up()
    try:
        yield listening
    finally:
        root.removeHandler(listening)
        for logger, level in levels.items():
            logger.setLevel(level)
