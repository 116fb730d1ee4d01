"""Programs in the reference's environment, told nothing but where the API is."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.servers import ROOT
from tests.support.foreground import in_foreground

FOLDER = "Scripts" if os.name == "nt" else "bin"
BIN = ROOT / ".reference-venv" / FOLDER
OLD = {version: ROOT / f".client-{version}-venv" / FOLDER for version in ("3.8.8", "3.2.0")}
WITH_AWS = ROOT / ".client-aws-venv" / FOLDER
PROGRAMS = Path(__file__).parent / "programs"
# Nothing here takes that long: one that does hangs.
LONGEST = 180.0


@dataclass(frozen=True)
class Ran:
    """The end of a program: its exit code, all it printed, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    def result(self) -> Any:  # noqa: ANN401 whatever it found
        """Return the finding of a program of ours: it prints it as JSON, in its last line."""
        assert self.code == 0, self.as_text()
        return json.loads(self.out.splitlines()[-1])

    def as_text(self) -> str:
        return f"exit code {self.code}\n{self.out}{self.err}".rstrip()


def python() -> list[str]:
    """The beginning of a command that runs a program in the reference's environment."""
    return [str(BIN / "python")]


@dataclass(frozen=True)
class Stock:
    """An installation of Prefect: its home, the API that it uses, and where its programs are.

    Without a URL, its profiles say where the API is. Commands run in the folder `within`, if there
    is one. What takes `longest` seconds is taken to hang.
    """

    url: str
    home: Path
    auth: str | None = None
    folder: Path = BIN
    programs: Path = PROGRAMS
    longest: float = LONGEST
    within: Path | None = None

    def run(self, program: str, *arguments: str) -> Ran:
        """Run one of its programs."""
        return self._run(*self._command(program), *arguments)

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start such a program, as the leader of a process group of its own."""
        command = [*self._command(program), *arguments]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, env=self.environment(), stdout=quiet, stderr=quiet, start_new_session=True
        )

    @staticmethod
    def kill(process: subprocess.Popen[bytes], within: float) -> None:
        """Kill a program that was started, with its process group; wait so long, in seconds."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(within)

    def _command(self, program: str) -> list[str]:
        (path,) = self.programs.rglob(f"{program}.py")
        return in_foreground(str(self.folder / "python"), str(path))

    def prefect(self, *arguments: str) -> Ran:
        """Run a command of Prefect's."""
        return self._run(str(self.folder / "prefect"), *arguments)

    def _run(self, *command: str) -> Ran:
        started = time.monotonic()
        done = subprocess.run(
            command,
            env=self.environment(),
            cwd=self.within,
            capture_output=True,
            encoding="utf-8",
            timeout=self.longest,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr, time.monotonic() - started)

    def environment(self) -> Mapping[str, str]:
        """Return a program's environment: nobody's settings but where the API is."""
        around = {
            name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")
        }
        as_text = {
            **({"PREFECT_API_URL": self.url} if self.url else {}),
            "PREFECT_HOME": str(self.home),
            "COLUMNS": "250",  # tables with room for an id
        }
        return around | as_text | ({"PREFECT_API_AUTH_STRING": self.auth} if self.auth else {})
