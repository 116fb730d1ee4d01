"""Processor time by folder and file: `make test ARGS=--cpu`.

On a busy machine it says more than the time that passes.
"""

import os
import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

FOLDERS, FILES = 20, 30  # lines of the summary, at most
PHASES = ("setup", "call", "teardown")
PROPERTY = "processor seconds"


class ProcessorTimes:
    """Notes what each phase of a test took, in its process and the processes that it started."""

    def __init__(self) -> None:
        self._noted = spent()
        self._by_place: dict[str, dict[str, float]] = {}

    def pytest_collection_finish(self) -> None:
        self._noted = spent()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        before, self._noted = self._noted, spent()
        report.user_properties.append((PROPERTY, self._noted - before))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up, also what the workers of pytest-xdist report."""
        seconds = dict(report.user_properties).get(PROPERTY)
        if isinstance(seconds, float) and report.when:
            file = Path(report.nodeid.partition("::")[0])
            for place in (file, *file.parents[:-1]):
                times = self._by_place.setdefault(place.as_posix(), defaultdict(float))
                times[report.when] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"{PROPERTY}: total, {', '.join(PHASES)}")
        is_file = {place: place.endswith(".py") for place in self._by_place}
        for files, most in ((False, FOLDERS), (True, FILES)):
            places = [place for place in self._by_place if is_file[place] == files]
            for place in sorted(places, key=self._total, reverse=True)[:most]:
                times = [self._total(place), *(self._by_place[place][when] for when in PHASES)]
                terminalreporter.line("".join(f"{one:8.1f}" for one in times) + f"  {place}")

    def _total(self, place: str) -> float:
        return sum(self._by_place[place].values())


def spent() -> float:
    """Return the seconds that this process and all below it have used; on Linux at any moment.

    Elsewhere a process below counts when it has ended.
    """
    ended = os.times()
    running = sum(map(_clock, _descendants(os.getpid())))
    return time.process_time() + ended.children_user + ended.children_system + running


def _descendants(pid: int) -> Iterator[int]:
    listed = map(_text, Path(f"/proc/{pid}/task").glob("*/children"))
    for child in map(int, " ".join(listed).split()):
        yield child
        yield from _descendants(child)


def _text(file: Path) -> str:
    with suppress(OSError):  # the thread has ended
        return file.read_text("ascii")
    return ""


def _clock(pid: int) -> float:
    """Read the processor clock of a process, whose id is made of the process's (Linux)."""
    with suppress(OSError):
        return time.clock_gettime(~pid << 3 | 2)
    return 0.0
