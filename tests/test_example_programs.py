"""The example that needs no Prefect, run as its reader does; `make clients` runs the others."""

import os
import subprocess
import sys

import pytest

from tests.conformance import servers

EXPECTED = """\
created: 201, again: 200, the same run: True
RUNNING: ACCEPT
FAILED: REJECT Retrying
RUNNING: ACCEPT
COMPLETED: ACCEPT
extract orders: Completed in attempt 2
states: Pending, Running, AwaitingRetry, Retrying, Completed
found by its id: 1
"""


@pytest.mark.parametrize("auth", [None, servers.AUTH])
def test_the_http_client_takes_a_run_through_its_states(auth: str | None) -> None:
    program = [sys.executable, str(servers.ROOT / "examples" / "http_client.py")]
    with servers.runledger(auth) as url:
        settings = {"PREFECT_API_URL": url, "PREFECT_API_AUTH_STRING": auth or ""}
        ran = subprocess.run(
            program,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert (ran.stdout, ran.stderr) == (EXPECTED, "")
