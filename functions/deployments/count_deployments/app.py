"""POST /deployments/count: count matching deployments."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import CountDeployments
from runledger.service.search.deployments import DEPLOYMENTS
from runledger.service.search.work_pools import in_queues


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountDeployments), wiring.store_for_search(request.now)
    found = DEPLOYMENTS.count(store, in_queues(store, body.criteria(), body.pool_filters))
    return Response(found.answer, log=found.log_fields())
