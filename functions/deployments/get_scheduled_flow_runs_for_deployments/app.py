"""POST /deployments/get_scheduled_flow_runs: list deployments' runs that are due soon."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import GetScheduledFlowRuns
from runledger.domain.documents import Document
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.search.flow_runs import FLOW_RUNS
from runledger.service.work_pools import deployment_polls


@endpoint
def handler(request: Request) -> Response[list[Document[FlowRun]]]:
    body, store = request.parameters(GetScheduledFlowRuns), wiring.store_for_search(request.now)
    deployment_polls.record(store, body.deployment_ids, request.now)
    found = FLOW_RUNS.find(store, body.criteria(), body.to_page())
    now = wiring.now()
    return Response([run.as_of(now) for run in found.answer], log=found.log_fields())
