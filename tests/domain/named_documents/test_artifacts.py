"""Rules of artifacts' keys and metadata, and of their filters."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from runledger.domain.artifacts import Artifact, ArtifactCollection, ArtifactKey, Metadata
from runledger.domain.filters.artifacts import ArtifactFilter

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def artifact(number: int, **fields: Any) -> Artifact:
    return Artifact(id=UUID(int=number), created=THEN, updated=THEN, **fields)


@pytest.mark.parametrize("key", ["", "a-1", "a\n"])
def test_a_key_of_small_letters_digits_and_dashes_is_one(key: str) -> None:
    assert TypeAdapter[str](ArtifactKey).validate_python(key) == key


@pytest.mark.parametrize("key", ["A", "a_b", "é"])
def test_another_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](ArtifactKey).validate_python(key)


def test_long_metadata_are_shortened() -> None:
    given = {"long": "x" * 501, "short": "x" * 500}
    shortened = TypeAdapter[dict[str, str]](Metadata).validate_python(given)
    assert shortened == {"long": "x" * 500 + "...", "short": "x" * 500}


@pytest.mark.parametrize(
    ("criteria", "matches"),
    [
        ({"key": {"like_": "a"}}, [True, False]),
        ({"key": {"exists_": False}}, [False, True]),
        ({"key": {"exists_": True}}, [True, False]),
        ({"type": {"not_any_": ["x"]}}, [False, False]),
    ],
)
def test_artifacts_without_a_key_match_no_text(
    criteria: dict[str, Any], matches: list[bool]
) -> None:
    test = ArtifactFilter.model_validate(criteria).test
    assert [test(artifact(1, key="A")), test(artifact(2))] == matches


def test_a_collection_shows_its_latest_artifact() -> None:
    first, second = artifact(1, key="k", data=1), artifact(2, key="k", data=2)
    collection = ArtifactCollection.of(first, "k", UUID(int=9), THEN).with_latest(second)
    assert collection.latest_id == second.id
    assert collection.as_artifact() == second.replace(id=UUID(int=9))
