"""POST /task_runs/filter: list the task runs that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import ReadTaskRuns
from runledger.domain.orchestration.bookkeeping import as_of
from runledger.service import searches


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(ReadTaskRuns), wiring.searchable(request.now)
    found = searches.search(store.task_runs, asked.criteria(), asked.part().as_of(request.now))
    now = wiring.now()
    return Response([as_of(run, now) for run in found.answer], log=found.log_fields())
