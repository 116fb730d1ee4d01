"""POST /deployments/filter: list matching deployments."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import ReadDeployments
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployment_limits
from runledger.service.search.deployments import DEPLOYMENTS
from runledger.service.search.work_pools import in_queues
from runledger.service.work_pools.deployment_polls import with_polls


@endpoint
def handler(request: Request) -> Response[list[Deployment]]:
    body, store = request.parameters(ReadDeployments), wiring.store_for_search(request.now)
    found = DEPLOYMENTS.find(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    polled = with_polls(store, found.answer, request.now)
    shown = deployment_limits.shown(store, polled, now=request.now)
    return Response(shown, log=found.log_fields())
