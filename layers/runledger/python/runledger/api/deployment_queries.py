"""Bodies of named parameters that ask for lists of deployments, or of their runs (neighbours 5).

The order of their fields is that of the reference's errors, as in `queries`.
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

NO_DEPLOYMENT = DeploymentFilter(id=IdOrNot(any_=[]))


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
        """Return which flow runs are asked for: those that still are to begin."""
        due = FlowRunFilter(
            state=FlowRunState(type=TypeOrNot(any_=[StateType.SCHEDULED])),
            next_scheduled_start_time=Period(before_=self.scheduled_before),
        )
        owned = DeploymentFilter(id=IdOrNot(any_=self.deployment_ids))
        return Criteria(flow_runs=due, deployments=owned)

    def part(self) -> Page:
        """Return which part is asked for: what is due first comes first."""
        return Page(FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC.order, 0, self.limit)


def deployment_criteria(asked: Queued) -> Criteria:
    """Return what is asked of deployments; none is of a work pool."""
    wanted = asked.criteria()
    return wanted.replace(deployments=NO_DEPLOYMENT) if asked.names_pools else wanted
