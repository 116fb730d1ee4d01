"""Commands started as in the foreground of a terminal, whoever runs the tests.

Who runs them in the background (`make test &` in a script, or under nohup) has them ignore signals,
which each process that they start inherits.
"""

import sys

BEGIN = """
import os, signal, sys
for heard in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(heard, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def in_foreground(*command: str) -> list[str]:
    """Return the command that becomes this one, in the same process, and hears every signal.

    Until then Python need not look for packages.
    """
    return [sys.executable, "-I", "-S", "-c", BEGIN, *command]
