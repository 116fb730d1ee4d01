"""POST /ui/task_runs/count: count matching task runs by state type."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import CountByState, CountTaskRunsByState
from runledger.service.search import task_runs


@endpoint
def handler(request: Request) -> Response[CountByState]:
    body, store = request.parameters(CountTaskRunsByState), wiring.store_for_search(request.now)
    found = task_runs.count_by_state(store, body.criteria())
    return Response(CountByState.model_validate(found.answer), log=found.log_fields())
