"""POST /flow_runs/bulk_delete: delete the matching flow runs, with all that belongs to them."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bulk.requests import BulkDeleteFlowRuns
from runledger.api.bulk.results import FlowRunBulkDeleteResponse
from runledger.service.runs import flow_run_deletion
from runledger.service.search.flow_runs import FLOW_RUNS


@endpoint
def handler(request: Request) -> Response[FlowRunBulkDeleteResponse]:
    body, now = request.parameters(BulkDeleteFlowRuns), request.now
    found = FLOW_RUNS.find(wiring.store_for_search(now), body.criteria(), body.to_page())
    ids = [run.id for run in found.answer]
    deleted = flow_run_deletion.delete_all(
        wiring.store(), ids, wiring.removal_deadline(now), now=now
    )
    return Response(FlowRunBulkDeleteResponse(deleted=deleted), log=found.log_fields())
