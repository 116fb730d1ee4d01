"""The filter of flows (docs/contract/filters.md 3)."""

from collections.abc import Mapping
from operator import attrgetter
from typing import ClassVar

from runledger.domain.filters.ancestry import AncestryFilter
from runledger.domain.filters.criterion import CombinedCriterion, Getter
from runledger.domain.filters.fields import IdOrNot, Name, Tags
from runledger.domain.filters.operators import Empty


class HasDeployment(CombinedCriterion):
    is_null_: Empty = None


class FlowFilter(AncestryFilter):
    about: ClassVar[str] = "flow"
    parts: ClassVar[Mapping[str, Getter]] = {"deployment": attrgetter("flow_has_deployment")}

    id: IdOrNot | None = None
    deployment: HasDeployment | None = None
    name: Name | None = None
    tags: Tags | None = None
