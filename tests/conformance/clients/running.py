"""Check the claims one after the other, and print a line for each."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tests.conformance import servers
from tests.conformance.clients.checks import LOCKED, Check, Scene
from tests.conformance.clients.stock import Stock

Start = Callable[[str | None], AbstractContextManager[str]]


def all_hold(only: str, checks: Mapping[str, Check], *, against_itself: bool = False) -> bool:
    """Whether the claims hold that the expression finds; `clients` finds all of them."""
    start = servers.reference if against_itself else servers.runledger
    outcomes: list[bool] = []
    for auth, of_these in ((None, checks), (servers.AUTH, LOCKED)):
        chosen = {
            claim: check for claim, check in of_these.items() if re.search(only, f"clients {claim}")
        }
        outcomes += _outcomes(start, auth, chosen) if chosen else ()
    if outcomes:
        _print(f"{sum(outcomes)} of {len(outcomes)} claims on stock programs hold")
    return all(outcomes)


def _outcomes(start: Start, auth: str | None, checks: Mapping[str, Check]) -> list[bool]:
    with start(auth) as url, tempfile.TemporaryDirectory() as home:
        scene = Scene(Stock(url, Path(home), auth))
        return [_holds(scene, claim, check) for claim, check in checks.items()]


def _holds(scene: Scene, claim: str, check: Check) -> bool:
    started = time.monotonic()
    problem = _problem(check, scene)
    _print(f"{'FAILS' if problem else 'holds'}  {time.monotonic() - started:4.1f} s  {claim}")
    if problem:
        _print(problem)
    return not problem


def _problem(check: Check, scene: Scene) -> str:
    try:
        check(scene)
    except AssertionError as error:
        return str(error) or "it is not so"
    except subprocess.TimeoutExpired as hung:
        return f"it hangs: {hung}"
    return ""


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
