"""Stock programs of Prefect, told the URL of the deployed API and a password."""

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.conformance.clients.checks import background, flows
from tests.conformance.clients.scene import Check, ClientScene
from tests.conformance.clients.stock import Stock
from tests.rehearsal.deployment import AUTH, Stack
from tests.rehearsal.steps.handshakes import remapped

LONGEST = 300.0  # seconds


def check(stack: Stack, claim: Check) -> None:
    """Check what a program does and what the API then shows."""
    url = urlsplit(stack.url("Api"))
    with remapped(url.port or 0) as port, tempfile.TemporaryDirectory() as home:
        reached = url._replace(netloc=f"127.0.0.1:{port}").geturl()
        claim(ClientScene(Stock(reached, Path(home), AUTH, longest=LONGEST)))


run_a_flow = flows.runs_two_tasks
run_background_tasks = background.waits_for_results
