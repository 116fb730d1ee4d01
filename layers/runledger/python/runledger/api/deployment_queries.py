"""Bodies of named parameters that ask for lists of deployments (contract, neighbours 5).

The order of their fields is that of the reference's errors, as in `queries`.
"""

from runledger.api.flow_queries import FlowsSorted, Queued
from runledger.api.queries import Limited, Paged, Skipping
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.fields import IdOrNot

NO_DEPLOYMENT = DeploymentFilter(id=IdOrNot(any_=[]))


class ReadDeployments(FlowsSorted, Queued, Skipping, Limited):
    """POST /deployments/filter."""


class PaginateDeployments(FlowsSorted, Queued, Paged, Limited):
    """POST /deployments/paginate."""


class CountDeployments(Queued):
    """POST /deployments/count."""


def deployment_criteria(asked: Queued) -> Criteria:
    """Return what is asked of deployments; none is of a work pool."""
    wanted = asked.criteria()
    return wanted.but(deployments=NO_DEPLOYMENT) if asked.names_pools else wanted
