"""POST /ui/flow_runs/count-task-runs: count the task runs of each flow run named."""

from uuid import UUID

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import CountTaskRunsByFlowRun
from runledger.service.search import task_runs


@endpoint
def handler(request: Request) -> Response[dict[UUID, int]]:
    body, store = request.parameters(CountTaskRunsByFlowRun), wiring.store_for_search(request.now)
    found = task_runs.count_by_flow_run(store, body.flow_run_ids)
    return Response(found.answer, log=found.log_fields())
