"""Send one program to two sides at once, compare their answers, and clean up."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from tests.conformance.comparison.comparing import AnswerComparison, Disagreement
from tests.conformance.comparison.differences import SLASHES, Exchange, explanation
from tests.conformance.programs import Json, Program, RequestStep, delete
from tests.conformance.sides import ComparedSide

REDIRECT = 307
BAD_REQUEST = 400
# The reference has then often stored what it failed to answer with.
FAILED = 500
PAUSE = 0.2
READ = re.compile(r"(GET|HEAD|OPTIONS) |POST \S*/(filter|count|paginate|history|count-by/\w+)$")
# The table's stream counts the runs and tells their states, which takes it a second or two.
COUNTS = re.compile(
    r"POST /(task_runs|flow_runs)/(count|paginate)/?$|GET /(observed-states|task_run_states/\S)"
)
# The reference records a poll after it has answered it.
POLLED = re.compile(r"(GET /work_(pools|queues)/.*|POST /work_(pools|queues)/.*(filter|count))$")
PATIENCE_FOR_THESE = 25
MADE = re.compile(
    r"(?:POST|PUT) (/(?:flows|flow_runs|task_runs|(?:v2/)?concurrency_limits|variables"
    r"|saved_searches|artifacts|block_types|work_pools|work_queues))/?$"
)
BY_NAME = "/work_pools"


# Asks the reference while this thread asks ours.
BESIDE = ThreadPoolExecutor(max_workers=1)


class Sides(NamedTuple):
    reference: ComparedSide
    ours: ComparedSide


@dataclass(frozen=True)
class ProgramOutcome:
    """The outcome of one step: agreement, a kept difference, or a disagreement."""

    program: Program
    position: int
    exchange: Exchange
    mismatches: list[Disagreement]
    rule: str | None

    @property
    def disagreed(self) -> bool:
        return bool(self.mismatches) and self.rule is None


@dataclass
class ProgramRun:
    """One program on its way through both sides."""

    sides: Sides
    program: Program
    # How often a read that disagrees is repeated: a deployed table's indexes lag.
    patience: int = 0
    answers: tuple[dict[str, Json], dict[str, Json]] = field(default_factory=lambda: ({}, {}))
    made: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))

    def outcomes(self) -> Iterator[ProgramOutcome]:
        """Each step's, until the sides' data differ or they can't be asked the same."""
        comparison = AnswerComparison(*[datetime.now(UTC)] * len(self.sides))
        for position, step in enumerate(self.program.steps):
            if step.unanswered(self.answers[0]) != step.unanswered(self.answers[1]):
                break
            outcome = self._outcome(comparison, position)
            yield outcome
            if _left_them_different(outcome):
                break
        self._clean_up()

    def _outcome(self, comparison: AnswerComparison, position: int) -> ProgramOutcome:
        step = self.program.steps[position]
        known = comparison.known()
        for left in reversed(range(1 + self._repetitions(step))):
            # A side that lagged has shown ids that don't stand for each other.
            comparison.recall(known)
            exchange, rule = self._exchange(step)
            mismatches = comparison.mismatches(exchange.reference, exchange.ours)
            rule = explanation(exchange, mismatches) if mismatches else rule
            if rule or not mismatches:
                break
            time.sleep(PAUSE if left else 0)
        self._remember(exchange)
        return ProgramOutcome(self.program, position, exchange, mismatches, rule)

    def _repetitions(self, step: RequestStep) -> int:
        """Return how often a step is repeated while its answers disagree without a reason."""
        if any(kind.match(f"{step.method} {step.path}") for kind in (COUNTS, POLLED)):
            return max(self.patience, PATIENCE_FOR_THESE)
        return self.patience if _reads(step) else 0

    def _exchange(self, step: RequestStep) -> tuple[Exchange, str | None]:
        asked = BESIDE.submit(self.sides.reference.ask, step, self.answers[0])
        right = self.sides.ours.ask(step, self.answers[1])
        left = asked.result()
        if left.status == REDIRECT != right.status:
            followed = self.sides.reference.ask(_with_other_slash(step), self.answers[0])
            return Exchange(step, followed, right), SLASHES
        return Exchange(step, left, right), None

    def _remember(self, exchange: Exchange) -> None:
        step = exchange.step
        made = MADE.match(f"{step.method} {step.path}")
        for side, answer in enumerate((exchange.reference, exchange.ours)):
            self.answers[side][step.label] = answer.body
            if made:
                key = "name" if made[1] == BY_NAME else "id"
                found = {_identity(answer.body, key), _identity(_sent(step), key)} - {""}
                self.made[side].update(f"{made[1]}/{identity}" for identity in found)

    def _clean_up(self) -> None:
        """Flows first: their runs go with them."""
        for side, paths in zip(self.sides, self.made, strict=True):
            for path in sorted(paths, key=lambda path: not path.startswith("/flows/")):
                side.ask(delete(path), {})


def _left_them_different(outcome: ProgramOutcome) -> bool:
    """One side may have carried out what the other refused, but for what a kept rule intends."""
    step, reference, ours = outcome.exchange
    did = [answer.status < BAD_REQUEST or answer.status == FAILED for answer in (reference, ours)]
    as_intended = outcome.rule is not None and did[1]
    return bool(outcome.mismatches) and not _reads(step) and did[0] != did[1] and not as_intended


def _reads(step: RequestStep) -> bool:
    return READ.match(f"{step.method} {step.path}") is not None


def _with_other_slash(step: RequestStep) -> RequestStep:
    path, mark, query = step.path.partition("?")
    other = path[:-1] if path.endswith("/") else f"{path}/"
    return replace(step, path=other + mark + query)


def _sent(step: RequestStep) -> Json:
    try:
        sent: Json = json.loads(step.content or b"")
    except (ValueError, RecursionError):
        return None
    return sent


def _identity(value: Json, key: str) -> str:
    identity = value.get(key) if isinstance(value, dict) else None
    return identity if isinstance(identity, str) and re.fullmatch(r"[\w -]+", identity) else ""
