"""The command `python -m infra.adopt`."""

import io
import sys

from infra.adopt.command import run
from infra.adopt.options import options

# A name that the terminal cannot show must not end a run.
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
sys.exit(run(options(sys.argv[1:])))
