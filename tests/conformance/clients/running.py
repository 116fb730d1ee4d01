"""Check claims side by side on servers of their own, and print a line for each."""

import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conformance.clients.scene import Check, ClientScene
from tests.conformance.clients.stock import Stock

AT_ONCE = 3

Start = Callable[[str | None], AbstractContextManager[str]]


@dataclass(frozen=True)
class Group:
    """Claims about one server, which asks for this password.

    They share a home and follow each other, unless they are `apart`: then each has a home of its
    own, and they are checked side by side.
    """

    checks: Mapping[str, Check]
    auth: str | None = None
    apart: bool = False

    def only(self, chosen: Callable[[str], object]) -> "Group":
        checks = {claim: check for claim, check in self.checks.items() if chosen(claim)}
        return Group(checks, self.auth, apart=self.apart)

    def rows(self) -> Iterator[Mapping[str, Check]]:
        """The claims that share a home."""
        if self.apart:
            yield from ({claim: check} for claim, check in self.checks.items())
        else:
            yield self.checks


def outcomes(start: Start, groups: Iterable[Group], *, patient: bool = False) -> list[bool]:
    """Whether each claim holds."""
    with ThreadPoolExecutor(AT_ONCE) as pool, ExitStack() as servers:
        # Who stops this waits for the programs that run, not for those that would follow.
        servers.callback(pool.shutdown, wait=False, cancel_futures=True)
        rows = [
            pool.submit(_row, Stock(url, Path(), group.auth), row, patient=patient)
            for group in groups
            for url in [servers.enter_context(start(group.auth))]
            for row in group.rows()
        ]
        return [holds for row in rows for holds in row.result()]


def _row(server: Stock, checks: Mapping[str, Check], *, patient: bool) -> list[bool]:
    with tempfile.TemporaryDirectory() as home:
        scene = ClientScene(Stock(server.url, Path(home), server.auth), patient)
        return [_holds(scene, claim, check) for claim, check in checks.items()]


def _holds(scene: ClientScene, claim: str, check: Check) -> bool:
    started = time.monotonic()
    problem = _problem(check, scene)
    line = f"{'FAILS' if problem else 'holds'}  {time.monotonic() - started:5.1f} s  {claim}\n"
    sys.stdout.write(f"{line}{problem}\n" if problem else line)
    sys.stdout.flush()
    return not problem


def _problem(check: Check, scene: ClientScene) -> str:
    try:
        check(scene)
    except AssertionError as error:
        return str(error) or f"it is not so: {_place(error)}"
    except (LookupError, ValueError, httpx.HTTPError) as error:
        return f"{error!r}: {_place(error)}"
    except subprocess.TimeoutExpired as hung:
        return f"it hangs: {hung}"
    return ""


def _place(error: Exception) -> str:
    """The line of a check, or of what it calls, in which something went wrong."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame)]
    return f"{ours[-1].line} ({Path(ours[-1].filename).name})"


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(Path(__file__).parent)
