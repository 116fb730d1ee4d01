"""The ancestors of a task run, and the base of their filters (docs/contract/filters.md 3)."""

from operator import attrgetter
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

from runledger.domain.filters.criterion import Getter, ObjectFilter
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flows import Flow
from runledger.domain.values import Value


class FilterableDeployment(Protocol):
    """The attributes of a deployment that criteria use."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def paused(self) -> bool: ...
    @property
    def work_queue_id(self) -> UUID | None: ...
    @property
    def work_queue_name(self) -> str | None: ...


class Ancestry(NamedTuple):
    """A flow run with its flow and its deployment; None: it does not exist."""

    flow_run: FlowRunFacts | None = None
    flow: Flow | None = None
    deployment: FilterableDeployment | None = None
    deployment_flow: Flow | None = None
    flow_has_deployment: bool = False
    parent_flow_run_id: UUID | None = None


class AncestryFilter(ObjectFilter):
    """A filter of ancestries by one ancestor, whose attribute `about` names."""

    about: ClassVar[str]

    def matches(self, ancestry: Ancestry) -> bool:
        """Return whether the ancestor exists and meets the criteria."""
        return getattr(ancestry, self.about) is not None and self.test(ancestry)

    def attribute(self, name: str) -> Getter:
        return attrgetter(f"{self.about}.{name}")


class WorkQueueIds(Value):
    """The queues that filters of work pools and of queues find: what is searched is in one."""

    ids: frozenset[UUID]

    def matches(self, ancestry: Ancestry) -> bool:
        """Return whether the flow run or, where none is searched, the deployment is in a queue."""
        owner = ancestry.flow_run or ancestry.deployment
        return owner is not None and owner.work_queue_id in self.ids
