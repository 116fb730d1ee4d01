"""POST /ui/flows/count-deployments: count the deployments of each flow named."""

from uuid import UUID

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ByFlow
from runledger.service.search import deployments


@endpoint
def handler(request: Request) -> Response[dict[UUID, int]]:
    body, store = request.parameters(ByFlow), wiring.store_for_search(request.now)
    found = deployments.count_deployments(store, body.flow_ids)
    return Response(found.answer, log=found.log_fields())
