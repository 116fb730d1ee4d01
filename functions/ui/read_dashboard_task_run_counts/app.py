"""POST /ui/task_runs/dashboard/counts: count ended task runs by the time of their start."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import DashboardTaskRunCounts
from runledger.domain.runs.dashboard import EndedRunCounts
from runledger.service.search import task_runs


@endpoint
def handler(request: Request) -> Response[list[EndedRunCounts]]:
    body, store = request.parameters(DashboardTaskRunCounts), wiring.store_for_search(request.now)
    found = task_runs.count_ended(store, body.ended_criteria(), body.window(request.now))
    return Response(found.answer, log=found.log_fields())
