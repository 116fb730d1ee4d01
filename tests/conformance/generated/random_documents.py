"""Requests about variables, artifacts, blocks, work pools and schedules, drawn at random.

The same ones for the same seed. Each program has one subject, in turn, with data of its own.
"""

from collections.abc import Iterator, Mapping
from itertools import cycle
from random import Random
from types import ModuleType

from tests.conformance.generated.documents import artifacts, blocks, pools, schedules, variables
from tests.conformance.programs import Program, RequestStep, program

NAME = "random documents"
STEPS = 70
SUBJECTS: Mapping[str, ModuleType] = {
    "variables": variables,
    "artifacts": artifacts,
    "blocks": blocks,
    "work pools": pools,
    "schedules": schedules,
}


def programs(seed: int, how_many: int) -> Iterator[Program]:
    for number, subject in zip(range(how_many), cycle(SUBJECTS), strict=False):
        draw = Random(f"{subject} {seed} {number}")  # noqa: S311 the same programs again
        steps = _steps(draw, SUBJECTS[subject])
        yield program(f"{NAME}: {subject} {number} (seed {seed})", *steps)


def _steps(draw: Random, module: ModuleType) -> Iterator[RequestStep]:
    yield from module.setup()
    kinds = list(module.KINDS)
    for _ in range(STEPS):
        yield draw.choices(kinds, [module.KINDS[kind] for kind in kinds])[0](draw)
