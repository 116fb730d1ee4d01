"""POST /ui/task_runs/dashboard/counts: count task runs that have ended, by when they started."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import DashboardTaskRunCounts
from runledger.service.search import task_runs


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(DashboardTaskRunCounts), wiring.searchable(request.now)
    found = task_runs.count_ended(store, asked.wanted(), asked.window(request.now))
    return Response(found.answer, log=found.log_fields())
