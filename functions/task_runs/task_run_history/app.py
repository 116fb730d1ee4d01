"""POST /task_runs/history: count the task runs that are wanted, by time and state."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import TaskRunHistory
from runledger.service import searches


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(TaskRunHistory), wiring.searchable(request.now)
    wanted, timeline = asked.criteria(), asked.timeline()
    found = searches.history(store.task_runs, wanted, timeline, now=wiring.now())
    return Response(found.answer, log=found.log_fields())
