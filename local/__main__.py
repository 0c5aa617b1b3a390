"""The whole product on this machine: `python -m local`. Ctrl-C ends it.

PORT_BASE moves lab, functions, Graph, mail and identity (7070 and the four after it), TABLES_PORT
the tables (10002).
"""

import signal
import sys

if __name__ == "__main__":
    # Until the supervisor takes over, Ctrl-C ends at once: its imports take most of a second.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from local.supervisor import main

    sys.exit(main())
