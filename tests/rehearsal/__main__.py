"""Deploy to an AWS on loopback that enforces the roles, use all of it, and report what fails."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.conformance.clients.stock import BIN
from tests.keys import exchanging
from tests.rehearsal import deployment, emulator, logs
from tests.rehearsal.calling import DeployedApi
from tests.rehearsal.deployment import Stack
from tests.rehearsal.report import RehearsalError, RehearsalFailure, attempt, conclude, say, step
from tests.rehearsal.steps import (
    callers,
    changes,
    retention,
    revoking,
    samples,
    sockets,
    stock,
    watching,
)
from tests.rights.everything_in_use import use_everything
from tests.support.waiting import wait_until
from tests.transfer import restoring

SCHEDULED = 90.0  # seconds: a schedule's first minute begins with the deployment


def main() -> int:
    argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__).parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="runledger-rehearsal-") as folder:
            return conclude(_rehearse(Path(folder)))
    except RehearsalError as stopped:
        say(f"\nThe rehearsal could not be held: {stopped}")
        return 1
    except KeyboardInterrupt:
        say("\nThe rehearsal was interrupted.")
        return 130


def _rehearse(folder: Path) -> list[RehearsalFailure]:
    _have_tools()
    version = deployment.python_version()
    with step(f"sam build, with layers for Python {version}"):
        built = deployment.build(version)
    with emulator.running(folder) as aws:
        with step("sam deploy"):
            stack = deployment.deploy(aws, built)
        os.environ.update(aws.environment(), TABLE_NAME=stack.outputs["TableName"])
        with DeployedApi(stack) as api:
            return [*_use(stack, built, api), *_prove(stack)]


def _have_tools() -> None:
    """Raise RehearsalError without what `make rehearsal` installs."""
    tools = (deployment.SAM, emulator.MINISTACK, emulator.FUNCTIONS, BIN)
    if missing := [str(tool) for tool in tools if not tool.exists()]:
        raise RehearsalError(f"`make rehearsal` installs what is missing: {', '.join(missing)}")


def _use(stack: Stack, built: Path, api: DeployedApi) -> list[RehearsalFailure]:
    """Take each step, also after one that failed."""
    steps: dict[str, Callable[[], None]] = {
        "API Gateway may call each function": partial(callers.may_call_functions, stack),
        "the request of each sample event": partial(samples.send, api),
        "each noun from its creation to its end": partial(use_everything, api),
        "the table's stream: logs are removed, task runs cancelled": partial(changes.follow, api),
        "WebSocket: background runs are handed out": partial(sockets.hand_out_runs, api),
        "WebSocket: events are recorded and heard": partial(sockets.take_events, api),
        "WebSocket: lines of logs are heard": partial(sockets.take_log_lines, api),
        "a stock flow": partial(stock.check, stack, stock.run_a_flow),
        "stock background tasks and their worker": partial(
            stock.check, stack, stock.run_background_tasks
        ),
        "a key replaces another without a failed request": partial(exchanging.exchange, stack),
        "a key may do what its scope says": partial(exchanging.scopes_hold, stack),
        "a schedule starts runs, and time passes": partial(changes.start_by_schedule, api),
        "finished runs leave when their time is over": partial(retention.leave, stack, api),
        "each function has run, each schedule too": partial(_all_have_run, stack),
        "alarms watch the stack and tell the topic": partial(watching.is_watched, stack),
        "the dashboard shows the stack": partial(watching.has_a_dashboard, stack),
        "task runs are measured": partial(watching.runs_are_measured, stack),
        "the table can't be deleted": partial(watching.table_is_protected, stack),
        "the stack uses its restored table": partial(restoring.restore, stack, built, api),
        "no dead letters": partial(_no_dead_letters, stack),
    }
    raised = [failure for text, act in steps.items() for failure in attempt(text, act)]
    logged = logs.failures(logs.read(stack), stack.emulator.output(), stack.functions)
    return [*api.failures(), *logged, *raised]


def _prove(stack: Stack) -> list[RehearsalFailure]:
    """Show that a missing right would have been among the failures."""
    steps: dict[str, Callable[[], None]] = {
        "an endpoint without its policy is reported": partial(revoking.endpoint_is_reported, stack),
        "a consumer without its policy is reported": partial(revoking.consumer_is_reported, stack),
    }
    return [failure for text, act in steps.items() for failure in attempt(text, act)]


def _all_have_run(stack: Stack) -> None:
    wanted = set(stack.functions.values())

    def missing() -> set[str]:
        return wanted - logs.started(stack.emulator.output(), stack.functions)

    try:
        wait_until(lambda: not missing(), SCHEDULED)
    except TimeoutError:
        raise AssertionError(f"these did not run: {', '.join(sorted(missing()))}") from None


def _no_dead_letters(stack: Stack) -> None:
    counted = "ApproximateNumberOfMessages"
    attributes = stack.emulator.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["DeadLetters"], AttributeNames=[counted]
    )
    assert attributes["Attributes"][counted] == "0", attributes["Attributes"]


if __name__ == "__main__":
    # However it ends, ministack and its functions end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
