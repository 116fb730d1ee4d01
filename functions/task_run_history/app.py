"""POST /task_runs/history: count the task runs that are wanted, by time and state."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import TaskRunHistory, criteria
from runledger.service import task_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(TaskRunHistory)
    intervals = task_runs.history(
        wiring.store(), criteria(asked), asked.timeline(), now=wiring.now()
    )
    return Response(intervals)
