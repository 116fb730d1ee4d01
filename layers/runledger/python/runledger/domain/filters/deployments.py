"""The filter of deployments (docs/contract/filters.md 3)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from runledger.domain.filters.ancestry import Ancestry, AncestryFilter
from runledger.domain.filters.criterion import Criterion, FilterModel, Getter, identity
from runledger.domain.filters.fields import IdOrNot, Name, TagsOrAny, Text
from runledger.domain.filters.like import like
from runledger.domain.filters.operators import Comparison, Equal, Test


def either_name_like(pattern: str) -> Test:
    matches = like(pattern)

    def test(ancestry: Ancestry) -> bool:
        named = (ancestry.deployment, ancestry.deployment_flow)
        return any(matches(owner.name) for owner in named if owner is not None)

    return test


class EitherName(Criterion):
    like_: Annotated[str | None, Comparison(either_name_like, ignores_empty=True)] = None


class Paused(Criterion):
    eq_: Equal = None


class ConcurrencyLimit(FilterModel):
    """Not a criterion: the reference accepts it, and ignores it even in an `or_`."""

    ge_: int | None = None
    le_: int | None = None
    is_null_: bool | None = None


class DeploymentFilter(AncestryFilter):
    about: ClassVar[str] = "deployment"
    parts: ClassVar[Mapping[str, Getter]] = {"flow_or_deployment_name": identity}

    id: IdOrNot | None = None
    name: Name | None = None
    flow_or_deployment_name: EitherName | None = None
    paused: Paused | None = None
    tags: TagsOrAny | None = None
    work_queue_name: Text | None = None
    concurrency_limit: ConcurrencyLimit | None = None
