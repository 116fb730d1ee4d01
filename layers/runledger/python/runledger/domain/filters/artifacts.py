"""The filters of artifacts and of their collections (docs/contract/documents.md 4)."""

from typing import Annotated

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.criterion import Criterion, ObjectFilter
from runledger.domain.filters.fields import Id, TextOrNot
from runledger.domain.filters.like import like
from runledger.domain.filters.operators import AnyOf, Comparison, Test


def like_if_present(pattern: str) -> Test:
    matches = like(pattern)
    return lambda text: text is not None and matches(text)


def present(wanted: bool) -> Test:  # noqa: FBT001 - an operand, not a switch
    return lambda value: (value is not None) is wanted


class OptionalKey(Criterion):
    any_: AnyOf[str] = None
    like_: Annotated[str | None, Comparison(like_if_present, ignores_empty=True)] = None
    exists_: Annotated[bool | None, Comparison(present)] = None


class ArtifactFilter(ObjectFilter):
    id: Id | None = None
    key: OptionalKey | None = None
    flow_run_id: Id | None = None
    task_run_id: Id | None = None
    type: TextOrNot | None = None


class ArtifactCollectionFilter(ObjectFilter):
    latest_id: Id | None = None
    key: OptionalKey | None = None
    flow_run_id: Id | None = None
    task_run_id: Id | None = None
    type: TextOrNot | None = None


class ArtifactCriteria(Criteria):
    """The filters of a search for artifacts, or for collections; all given ones must match."""

    artifacts: ArtifactFilter | ArtifactCollectionFilter | None = None
