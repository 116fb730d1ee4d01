"""POST /flow_runs/bulk_set_state: propose a state for the matching flow runs."""

from runledger import wiring
from runledger.adapters.client_versions import client_versions
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bulk.requests import BulkSetState
from runledger.api.bulk.results import FlowRunBulkSetStateResponse, FlowRunOrchestrationResult
from runledger.service.runs import bulk_states
from runledger.service.search.flow_runs import FLOW_RUNS


@endpoint
def handler(request: Request) -> Response[FlowRunBulkSetStateResponse]:
    body, now = request.parameters(BulkSetState), request.now
    found = FLOW_RUNS.find(wiring.store_for_search(now), body.criteria(), body.to_page())
    outcomes = bulk_states.set_states(
        wiring.store(),
        [run.id for run in found.answer],
        lambda: body.state.proposed(now),
        wiring.bulk_deadline(now),
        force=body.force,
        now=now,
        client=client_versions(request),
    )
    results = [FlowRunOrchestrationResult.of(run_id, outcome) for run_id, outcome in outcomes]
    return Response(FlowRunBulkSetStateResponse(results=results), log=found.log_fields())
