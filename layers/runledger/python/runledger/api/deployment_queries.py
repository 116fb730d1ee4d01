"""Bodies of searches for deployments, or for their runs: named parameters.

See docs/contract/neighbours.md 5.

Their fields are in the order of the reference's errors, as in `queries`.
"""

from uuid import UUID

from runledger.api.flow_queries import FlowsSorted, Queued
from runledger.api.queries import Limited, Paged, Skipping
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.fields import IdOrNot, Period, TypeOrNot
from runledger.domain.filters.flow_runs import FlowRunFilter, FlowRunState
from runledger.domain.runs.states import StateType
from runledger.domain.sorting import FlowRunSort, Page
from runledger.domain.values import UtcTime


class ReadDeployments(FlowsSorted, Queued, Skipping, Limited):
    """POST /deployments/filter."""


class PaginateDeployments(FlowsSorted, Queued, Paged, Limited):
    """POST /deployments/paginate."""


class CountDeployments(Queued):
    """POST /deployments/count."""


class GetScheduledFlowRuns(Limited):
    """POST /deployments/get_scheduled_flow_runs."""

    deployment_ids: list[UUID]
    scheduled_before: UtcTime | None = None

    def criteria(self) -> Criteria:
        """Return the criteria of the flow runs: scheduled, and due before the given time."""
        due = FlowRunFilter(
            state=FlowRunState(type=TypeOrNot(any_=[StateType.SCHEDULED])),
            next_scheduled_start_time=Period(before_=self.scheduled_before),
        )
        owned = DeploymentFilter(id=IdOrNot(any_=self.deployment_ids))
        return Criteria(flow_runs=due, deployments=owned)

    def to_page(self) -> Page:
        """Return the page, in the order in which runs are due."""
        return Page(FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC.order, 0, self.limit)
