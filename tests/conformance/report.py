"""Report of a conformance run: its findings, counted and printed."""

import re
import sys
from collections import Counter
from dataclasses import dataclass, field

from tests.conformance.comparison.comparing import Disagreement
from tests.conformance.comparison.differences import RULES
from tests.conformance.endpoints import endpoint
from tests.conformance.programs import RequestStep
from tests.conformance.running import ProgramOutcome

LONGEST = 400
MAX_ALIKE = 2


@dataclass
class Report:
    asked: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    # Disagreements by what they look like: those that look alike have probably one cause.
    symptoms: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: ProgramOutcome) -> None:
        where = endpoint(outcome.exchange.step)
        self.asked[where] += 1
        self.agreed[where] += not outcome.disagreed
        if outcome.rule:
            self.kept[outcome.rule] += 1
        if outcome.disagreed:
            symptom = _symptom(outcome)
            self.symptoms[symptom] += 1
            if self.symptoms[symptom] <= MAX_ALIKE:
                _print(*explain(outcome))

    def print(self) -> None:
        for where in sorted(self.asked):
            _print(f"{where:<28} {self.agreed[where]:>6}/{self.asked[where]}")
        _print(f"{'all':<28} {self.agreed.total():>6}/{self.asked.total()}")
        differing = self.asked.total() - self.agreed.total()
        kept = self.kept.total()
        _print(f"{self.asked.total()} requests: {differing} differences, and {kept} that are kept")
        for rule, times in sorted(self.kept.items()):
            _print(f"kept difference: {rule}, {times} times")
        for symptom, times in self.symptoms.most_common():
            _print(f"disagreement: {times} times {symptom}")

    def unused(self) -> set[str]:
        """Rules listed as differences that nothing in the run called for."""
        return set(RULES - self.kept.keys())


def _symptom(outcome: ProgramOutcome) -> str:
    first = outcome.mismatches[0]
    kinds = [value if isinstance(value, bool) else type(value).__name__ for value in first[1:3]]
    if first.where == "status":
        kinds = [str(value)[:40] for value in first[1:3]]
    place = re.sub(r"\[\d+\]", "[]", first.where)
    return f"{endpoint(outcome.exchange.step)} {place} {kinds} {first.why}"


def explain(outcome: ProgramOutcome) -> list[str]:
    """The disagreement, then the program up to it."""
    program = outcome.program
    lines = [f"\nDISAGREEMENT in {program.name}, step {outcome.position + 1}"]
    lines += [f"  {step_line(outcome.exchange.step)}"]
    lines += explain_mismatches(outcome.mismatches)
    before = program.steps[: outcome.position]
    if before:
        lines += [f"  after{'' if len(before) <= 12 else f' {len(before) - 12} others and'}"]
        lines += [f"    {step_line(step)}" for step in before[-12:]]
    return lines


def explain_mismatches(mismatches: list[Disagreement]) -> list[str]:
    lines = []
    for mismatch in mismatches[:8]:
        lines += [f"    {mismatch.where}: {mismatch.why}"]
        lines += [f"      reference  {_short(mismatch.reference)}"]
        lines += [f"      ours       {_short(mismatch.ours)}"]
    return lines


def step_line(step: RequestStep) -> str:
    content = (step.content or b"").decode("utf-8", "backslashreplace")
    headers = {
        k: v for k, v in step.headers.items() if (k, v) != ("content-type", "application/json")
    }
    parts = [f"{step.label}:" if step.label else "", step.method, step.path, _short(content)]
    return " ".join(part for part in [*parts, str(headers) if headers else ""] if part)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ... ({len(text)} characters)"


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
