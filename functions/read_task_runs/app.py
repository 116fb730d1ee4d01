"""POST /task_runs/filter: list the task runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import ReadTaskRuns, criteria
from runledger.domain.bookkeeping import as_of
from runledger.service import task_runs


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadTaskRuns)
    found = task_runs.search(wiring.store(), criteria(asked), asked.part())
    now = wiring.now()
    return Response([as_of(run, now) for run in found.page], log=found.told())
