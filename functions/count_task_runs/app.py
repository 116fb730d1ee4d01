"""POST /task_runs/count: count the task runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import CountTaskRuns, criteria
from runledger.service import task_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(CountTaskRuns)
    return Response(task_runs.count(wiring.store(), criteria(asked)))
