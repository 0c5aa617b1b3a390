"""A Chromium for tests, benchmarks and pictures: found, or installed, or missed by name.

`python -m tests.support.chromium` prints its path. Standard library alone, but for Playwright's own
browser, so that it says what is missing where nothing else works.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SYSTEM: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
DEBIAN: Final = (
    ("apt-get", "update"),
    ("apt-get", "install", "-y", "--no-install-recommends", "chromium"),
)
PLAYWRIGHT: Final = (sys.executable, "-m", "playwright", "install", "chromium")
# It asks nobody but the pages it is sent to.
FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
ANSWER_SECONDS: Final = 60
INSTALL_SECONDS: Final = 600


class NoBrowser(Exception):
    """No Chromium is here, and none could be installed. The message says what was tried."""


def run(command: Sequence[str]) -> str | None:
    """Return what the command printed last, or None if it can't be had or fails."""
    seconds = INSTALL_SECONDS if "install" in command or "update" in command else ANSWER_SECONDS
    try:
        done = subprocess.run(  # noqa: S603 - the commands above and browsers by their names
            command,
            capture_output=True,
            check=True,
            text=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().rpartition("\n")[2]


def of_playwright() -> str | None:
    """Return where Playwright keeps the browser that it downloads, whether it is there or not."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed elsewhere

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a browser is looked for; `tried` says in words what did not work."""

    which: Callable[[str], str | None] = shutil.which
    run: Callable[[Sequence[str]], str | None] = run
    of_playwright: Callable[[], str | None] = of_playwright
    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)
    tried: list[str] = field(default_factory=list)

    def found(self) -> Path:
        """Return a browser that starts; NoBrowser if there is none and none can be installed."""
        for way in (self._of_the_system, self._of_debian, self._downloaded):
            path = way()
            if path is not None:
                return Path(path)
        told = "\n".join(f"  - {line}" for line in self.tried)
        raise NoBrowser(
            f"The page is tested in Chromium, and none could be found or installed:\n{told}\n"
            "Install Chromium or Google Chrome so that it is on the PATH (on Debian, as root:"
            " apt-get install chromium), and run the command again."
        )

    def _of_the_system(self) -> str | None:
        for name in SYSTEM:
            path = self.which(name)
            if path is not None:
                if self._starts(path):
                    return path
                self.tried.append(f"{path} is there, but does not start")
        self.tried.append(f"no {', '.join(name for name in SYSTEM if '/' not in name)} that starts")
        return None

    def _of_debian(self) -> str | None:
        if self.which("apt-get") is None:
            self.tried.append("no apt-get to install Debian's package with")
            return None
        if not self.is_root:
            self.tried.append("Debian's package: only root may install it")
            return None
        for command in DEBIAN:
            if self.run(command) is None:
                self.tried.append(f"Debian's package: `{' '.join(command)}` failed")
                return None
        path = self.which("chromium")
        if path is not None and self._starts(path):
            return path
        self.tried.append("Debian's package was installed, but does not start")
        return None

    def _downloaded(self) -> str | None:
        path = self.of_playwright()
        if path is not None and self._starts(path):
            return path
        command = f"python {' '.join(PLAYWRIGHT[1:])}"
        if path is None or self.run(PLAYWRIGHT) is None:
            self.tried.append(f"Playwright's download: `{command}` failed")
            return None
        if self._starts(path):
            return path
        self.tried.append("Playwright's download does not start: libraries of the system may lack")
        return None

    def _starts(self, path: str) -> bool:
        return self.run((path, "--version")) is not None


def main() -> None:
    """Print the path, or what is missing."""
    try:
        print(Search().found())  # noqa: T201 - a command's answer
    except NoBrowser as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
