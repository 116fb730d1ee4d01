"""Commands of the repository, as `make` calls them."""

import os
import subprocess
import sys


def run(module: str, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Return the exit code of a module's command, and what it wrote to each stream."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr
