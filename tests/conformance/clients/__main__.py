"""Run stock programs against a server of ours, and check what they do and what the API shows."""

import argparse
import re
import signal
import sys
from collections.abc import Mapping
from functools import partial

from tests.conformance import servers
from tests.conformance.clients.checks import (
    alike,
    background,
    commands,
    documents,
    examples,
    flows,
    in_s3,
    interrupted,
    large,
    limits,
    moving,
    old_client,
    passwords,
    pauses,
    submitted,
    tasks,
    watching,
)
from tests.conformance.clients.checks.deployments import (
    pooled,
    projects,
    scheduled,
    schedules,
    serving,
)
from tests.conformance.clients.running import Group, outcomes
from tests.conformance.clients.scene import Check

APART: Mapping[str, Check] = {
    **flows.CHECKS,
    **tasks.CHECKS,
    **background.CHECKS,
    **large.CHECKS,
    **limits.CHECKS,
    **pauses.CHECKS,
    **watching.CHECKS,
    **serving.CHECKS,
    **pooled.CHECKS,
    **projects.CHECKS,
    **scheduled.CHECKS,
    **examples.CHECKS,
    **documents.CHECKS,
    **in_s3.CHECKS,
}


def main() -> int:
    options = _options()
    wanted = re.compile(options.only)
    chosen = [group.only(wanted.search) for group in _groups(options)]
    recording = partial(servers.reference, records=True, meddles=True)
    start = recording if options.against_itself else servers.runledger
    groups = [group for group in chosen if group.checks]
    held = outcomes(start, groups, patient=options.against_itself)
    sys.stdout.write(f"{sum(held)} of {len(held)} claims on stock programs hold\n")
    return 0 if held and all(held) else 1


def _groups(options: argparse.Namespace) -> list[Group]:
    groups = [
        Group(submitted.CHECKS),
        Group(passwords.CHECKS, servers.AUTH),
        Group(commands.CHECKS),
        Group(schedules.CHECKS),
        Group(alike.CHECKS),
        Group(moving.CHECKS),
        Group(APART, apart=True),
        *(Group(checks, apart=True) for checks in old_client.CHECKS),
    ]
    if options.against_itself:
        return groups
    groups.append(Group({**interrupted.CHECKS, **scheduled.INTERRUPTED}, apart=True))
    if options.complete or options.only:
        groups.append(Group(interrupted.FOR_MINUTES))
    return groups


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance.clients", description=__doc__
    )
    parser.add_argument("--only", default="", metavar="REGEX", help="claims so worded")
    parser.add_argument(
        "--against-itself", action="store_true", help="ask the reference, to prove the checks"
    )
    parser.add_argument(
        "--complete", action="store_true", help="also what the local server survives: 10 minutes"
    )
    return parser.parse_args()


if __name__ == "__main__":
    # However it ends, the servers that it started end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
