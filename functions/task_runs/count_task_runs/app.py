"""POST /task_runs/count: count matching task runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import CountTaskRuns
from runledger.service.search.task_runs import TASK_RUNS


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountTaskRuns), wiring.store_for_search(request.now)
    found = TASK_RUNS.count(store, body.criteria())
    return Response(found.answer, log=found.log_fields())
