"""Keys of the deployed stack: added by `make keys`, exchanged under load, revoked."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from local.cloudformation.template import REPOSITORY
from tests.rehearsal.deployment import STACK, Stack
from tests.support.waiting import wait_until

SECRET = re.compile(r"rl_[\w-]{43}")
SECONDS_TO_END = 60.0  # docs/deploy.md: a revoked key ends within a minute


def exchange(stack: Stack) -> None:
    """Raise AssertionError if a request fails meanwhile, or the old key goes on."""
    old, new = (_add(name, "write") for name in ("rehearsal-old", "rehearsal-new"))
    with _in_use(stack, old) as shown:
        wait_until(lambda: shown.requests > 1)
        shown.key = new
        shown.requests = 0
        wait_until(lambda: shown.requests > 1)
        _keys("revoke", "rehearsal-old")
        wait_until(lambda: _status(stack, old) == httpx.codes.UNAUTHORIZED, SECONDS_TO_END)
    assert shown.failed == [], shown.failed
    assert _status(stack, new) == httpx.codes.OK


def scopes_hold(stack: Stack) -> None:
    """Raise AssertionError if a key may do more, or less, than its scope says."""
    reader = _add("rehearsal-reader", "read")
    assert _status(stack, reader) == httpx.codes.OK
    assert _status(stack, reader, "/flows/", {"name": "no"}) == httpx.codes.FORBIDDEN
    assert _status(stack, "rl_" + 43 * "x") == httpx.codes.UNAUTHORIZED


class _Shown:
    """The key that a program shows, and how it fares."""

    def __init__(self, key: str) -> None:
        self.key, self.requests = key, 0
        self.failed: list[int] = []


@contextmanager
def _in_use(stack: Stack, key: str) -> Iterator[_Shown]:
    """Show the key again and again within the block."""
    shown, stopping = _Shown(key), threading.Event()

    def run() -> None:
        while not stopping.is_set():
            if (status := _status(stack, shown.key)) != httpx.codes.OK:
                shown.failed.append(status)
            shown.requests += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield shown
    finally:
        stopping.set()
        thread.join()


def _status(
    stack: Stack, key: str, path: str = "/flows/filter", body: dict[str, str] | None = None
) -> int:
    url = f"{stack.url('Api')}{path}"
    answer = httpx.post(
        url, json=body or {}, headers={"Authorization": f"Bearer {key}"}, timeout=60
    )
    return answer.status_code


def _add(name: str, scope: str) -> str:
    found = SECRET.search(_keys("add", name, "--scope", scope))
    assert found, "make keys printed no key"
    return found[0]


def _keys(*command: str) -> str:
    """Run `make keys` for the stack; its environment leads to the emulator."""
    return subprocess.run(
        [sys.executable, "-m", "keys", *command],
        cwd=REPOSITORY,
        env={**os.environ, "STACK": STACK},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
