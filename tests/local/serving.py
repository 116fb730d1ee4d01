"""`python -m local` as a user starts it, in a folder with the sample application."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import IO, NamedTuple

from tests.local import sample
from tests.support.foreground import in_foreground

LOCAL = Path(__file__).parents[2] / "local"
COMMAND = in_foreground(sys.executable, "-m", "local")
# As a script's shell starts a background process under nohup.
IN_BACKGROUND = ["/bin/sh", "-c", 'trap "" INT HUP; exec "$@"', "sh", sys.executable, "-m", "local"]


class ServerProcess(NamedTuple):
    process: subprocess.Popen[str]
    welcome: str  # its first lines

    @property
    def url(self) -> str:
        return self._find(r"serves (\S+)")

    @property
    def database(self) -> str:
        return self._find(r", (http\S+)\)")

    def end(self, how: signal.Signals, *, within: float = 20) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=within)

    def _find(self, pattern: str) -> str:
        found = re.search(pattern, self.welcome)
        assert found, self.welcome
        return found[1]


def application(folder: Path, *, with_dynoxide: bool = True) -> Path:
    """Install the local server and the sample application in a folder."""
    sample.write(folder)
    if with_dynoxide:
        (folder / "local").symlink_to(LOCAL)
    else:
        shutil.copytree(LOCAL, folder / "local", ignore=shutil.ignore_patterns("node_modules"))
    return folder


def environment(settings: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PORT": "0", **settings}


@contextmanager
def serving(
    folder: Path, command: Sequence[str] = COMMAND, **settings: str
) -> Iterator[ServerProcess]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process, process.stdout as output:
        try:
            yield ServerProcess(process, _welcome(output))
        finally:
            process.kill()


def _welcome(output: IO[str]) -> str:
    return "".join(takewhile(lambda line: "Ctrl-C" not in line, output))


def startup_error(folder: Path, **settings: str) -> str:
    """Start a server that can't start; return its message."""
    completed = subprocess.run(
        COMMAND,
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (completed.returncode, completed.stdout) == (1, "")
    return completed.stderr


def processes_of(folder: Path) -> list[str]:
    """The command lines that name the folder, after a moment for processes to end."""
    for _ in range(100):
        listed = subprocess.run(["ps", "-A", "-o", "args"], capture_output=True, check=True)  # noqa: S607
        remaining = [line for line in listed.stdout.decode().splitlines() if str(folder) in line]
        if not remaining:
            break
        time.sleep(0.05)
    return remaining
