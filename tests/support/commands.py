"""Commands of the repository, as `make` calls them.

Most of a command's time goes into the start of Python and its imports. So one test of each command
starts a process, which shows that it stands alone; the others run its module in this one.
"""

import io
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from runledger import wiring

Outcome = tuple[int, str, str]  # the exit code, and all that was printed
Command = Callable[..., Outcome]


def run(module: str, *arguments: str, **settings: str) -> Outcome:
    """Return the exit code of a module's command, and what it wrote to each stream."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def run_here(module: str, *arguments: str, **settings: str) -> Outcome:
    """Run the same entry point in this process; return the same."""
    output, errors = io.StringIO(), io.StringIO()
    wiring.reset()
    try:
        with (
            patch.object(sys, "argv", [module, *arguments]),
            patch.dict(os.environ, settings),
            redirect_stdout(output),
            redirect_stderr(errors),
        ):
            code = _exit_code(module)
    finally:
        wiring.reset()
    return code, output.getvalue(), errors.getvalue()


def _exit_code(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
