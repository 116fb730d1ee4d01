"""Programs drawn at random are the same for the same seed."""

from tests.conformance.generated import random_documents
from tests.conformance.programs import Program


def drawn(seed: int, how_many: int = 10) -> list[Program]:
    return list(random_documents.programs(seed, how_many))


def test_the_same_seed_draws_the_same_programs() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1, 5) == drawn(1)[:5]
    assert all(one.steps != other.steps for one, other in zip(drawn(1), drawn(2), strict=True))


def test_each_subject_has_its_turn() -> None:
    names = [program.name for program in drawn(1, 5)]
    assert all(
        subject in name for subject, name in zip(random_documents.SUBJECTS, names, strict=True)
    )
