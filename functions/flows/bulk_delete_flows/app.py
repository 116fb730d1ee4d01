"""POST /flows/bulk_delete: delete the matching flows, with all that belongs to them."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bulk.requests import BulkDeleteFlows
from runledger.api.bulk.results import FlowBulkDeleteResponse
from runledger.service.deployments import flows
from runledger.service.search.flows import FLOWS


@endpoint
def handler(request: Request) -> Response[FlowBulkDeleteResponse]:
    body, now = request.parameters(BulkDeleteFlows), request.now
    found = FLOWS.find(wiring.store_for_search(now), body.criteria(), body.to_page())
    ids = [flow.id for flow in found.answer]
    deleted = flows.delete_all(wiring.store(), ids, wiring.removal_deadline(now), now=now)
    return Response(FlowBulkDeleteResponse(deleted=deleted), log=found.log_fields())
