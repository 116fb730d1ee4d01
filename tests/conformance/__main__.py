"""Ask the reference and Runledger the same, and print where they agree and where not."""

import argparse
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from tests.conformance import conversing, servers, tables
from tests.conformance.generated import (
    random_documents,
    random_programs,
    random_queries,
    random_transitions,
)
from tests.conformance.generated.shrinking import shrunk
from tests.conformance.programs import Program, post
from tests.conformance.report import Report
from tests.conformance.running import ProgramOutcome, ProgramRun, Sides
from tests.conformance.sides import ComparedSide

# So that a usual run takes some three minutes.
ONE_IN = 8
# Reads of a table whose indexes lag, or of a reference that takes events when it has time, are
# repeated for some seconds before they count.
PATIENCE_WITH_LAG = 25


def main() -> int:
    options = _options()
    chosen = [program for program in _programs(options) if _is_chosen(program, options)]
    report = Report()
    for kind in dict.fromkeys((p.locked, p.reports) for p in chosen):
        for outcome in _outcomes(options, [p for p in chosen if (p.locked, p.reports) == kind]):
            report.add(outcome)
    report.print()
    verdict = _verdict(options, report)
    return verdict if _sockets_agree(options) else 1


def _sockets_agree(options: argparse.Namespace) -> bool:
    is_apart = options.url or options.against_itself
    return bool(is_apart) or conversing.all_agree(options.only, servers.AUTH)


def _programs(options: argparse.Namespace) -> Iterator[Program]:
    yield from tables.programs(options.auth or servers.AUTH)
    for kind in (random_documents, random_programs, random_transitions, random_queries):
        yield from kind.programs(options.seed, options.programs)


def _is_chosen(program: Program, options: argparse.Namespace) -> bool:
    """Of programs that are many of a kind, their names ending in a number, a run takes a share."""
    number = re.search(r" (\d+)$", program.name)
    share = 1 if options.complete or options.only else ONE_IN
    in_share = number is None or (int(number[1]) + options.seed) % share == 0
    return in_share and re.search(options.only, program.name) is not None


def _outcomes(options: argparse.Namespace, programs: list[Program]) -> Iterator[ProgramOutcome]:
    if not programs:
        return
    if programs[0].locked and options.url and not options.auth:
        sys.stdout.write("authentication is not compared: no --auth was given for the --url\n")
        return
    with ExitStack() as stack:
        sides = _sides(options, stack, programs[0])
        patience = PATIENCE_WITH_LAG if options.url or programs[0].reports else 0
        for program in programs:
            yield from _carried_out(ProgramRun(sides, program, patience))


def _carried_out(run: ProgramRun) -> Iterator[ProgramOutcome]:
    """Programs drawn at random are long: what they find is told in as few steps as can be."""
    outcomes = list(run.outcomes())
    first = next((outcome for outcome in outcomes if outcome.disagreed), None)
    if first and run.program.name.startswith(random_programs.NAME):
        outcomes[outcomes.index(first)] = shrunk(run.sides, first)
    yield from outcomes


def _sides(options: argparse.Namespace, stack: ExitStack, first: Program) -> Sides:
    locked = first.locked
    auth = options.auth or servers.AUTH if locked else None
    reference = stack.enter_context(servers.reference(auth, records=first.reports))
    if options.url:
        _refuse_data(ComparedSide.at(options.url, options.auth))
        return Sides(
            ComparedSide.at(reference),
            ComparedSide.at(options.url, None if locked else options.auth),
        )
    if options.against_itself:
        other = servers.reference(auth, records=first.reports)
    else:
        other = servers.runledger(auth)
    return Sides(ComparedSide.at(reference), ComparedSide.at(stack.enter_context(other)))


def _refuse_data(side: ComparedSide) -> None:
    """Refuse a server that has data: it would show in every list."""
    if side.ask(post("/task_runs/filter", {}), {}).body != []:
        raise SystemExit(
            "The server at --url has task runs, or does not let you see: use an empty one."
        )


def _verdict(options: argparse.Namespace, report: Report) -> int:
    is_whole = options.complete and not (options.only or options.against_itself or options.url)
    unused = report.unused() if is_whole else ()
    for rule in sorted(unused):
        sys.stdout.write(f"never met: the kept difference {rule}\n")
    return 1 if report.symptoms or unused else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--url", help="compare the server at this base URL, which must be empty")
    parser.add_argument("--auth", help="user:password of the server at --url")
    parser.add_argument(
        "--against-itself", action="store_true", help="compare two references, to prove the method"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random programs")
    parser.add_argument(
        "--programs", type=int, default=8, help="how many random programs of each kind"
    )
    parser.add_argument("--only", default="", metavar="REGEX", help="programs so named")
    parser.add_argument(
        "--complete", action="store_true", help=f"all programs, not one in {ONE_IN}"
    )
    return parser.parse_args()


if __name__ == "__main__":
    # However it ends, the servers that it started end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
