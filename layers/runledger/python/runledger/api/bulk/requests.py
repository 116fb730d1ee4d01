"""Request bodies of operations on many objects (docs/contract/neighbours.md 11).

Their fields are in the order of the reference's errors, as in `queries`.
"""

from typing import Annotated, Protocol

from pydantic import Field, RootModel

from runledger.api.bodies import SetState
from runledger.api.deployments import DeploymentFlowRunCreate
from runledger.domain.errors import Rejected
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.sorting import FlowRunSort, FlowSort, Page
from runledger.domain.values import Value

# The most objects of a request.
MAX_CHANGED, MAX_CREATED = 50, 100


class Bounded(Value):
    """The most objects that are changed."""

    limit: Annotated[int, Field(ge=1, le=MAX_CHANGED)] = MAX_CHANGED


class OfFlows(Value):
    """A filter of the flows that are changed: without one, any."""

    flows: FlowFilter | None = None

    def criteria(self) -> Criteria:
        return Criteria(flows=self.flows)

    def to_page(self: "Limiting") -> Page:
        return Page(FlowSort.NAME_ASC.order, 0, self.limit)


class OfFlowRuns(Value):
    """A filter of the flow runs that are changed: without one, any."""

    flow_runs: FlowRunFilter | None = None

    def criteria(self) -> Criteria:
        return Criteria(flow_runs=self.flow_runs)

    def to_page(self: "Limiting") -> Page:
        return Page(FlowRunSort.ID_DESC.order, 0, self.limit)


class OfDeployments(Value):
    """A filter of the deployments that are changed: without one, any."""

    deployments: DeploymentFilter | None = None

    def criteria(self) -> Criteria:
        return Criteria(deployments=self.deployments)

    def to_page(self: "Limiting") -> Page:
        return Page(FlowSort.NAME_ASC.order, 0, self.limit)


class Limiting(Protocol):
    @property
    def limit(self) -> int: ...


class BulkDeleteFlows(Bounded, OfFlows):
    """POST /flows/bulk_delete."""


class BulkDeleteFlowRuns(Bounded, OfFlowRuns):
    """POST /flow_runs/bulk_delete."""


class BulkSetState(Bounded, SetState, OfFlowRuns):
    """POST /flow_runs/bulk_set_state."""


class BulkDeleteDeployments(Bounded, OfDeployments):
    """POST /deployments/bulk_delete."""


class BulkCreateFlowRuns(RootModel[list[DeploymentFlowRunCreate]]):
    """POST /deployments/{id}/create_flow_run/bulk."""

    def runs(self) -> list[DeploymentFlowRunCreate]:
        """Return the runs.

        Raises:
            Rejected: there are too many.
        """
        if len(self.root) > MAX_CREATED:
            raise Rejected(f"Cannot create more than {MAX_CREATED} flow runs at once.")
        return self.root
