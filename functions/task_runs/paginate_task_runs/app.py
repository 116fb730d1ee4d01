"""POST /task_runs/paginate: list a page of the task runs that are wanted, and count them all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import PaginateTaskRuns
from runledger.api.responses import TaskRunResponse, paginated
from runledger.domain.runs.bookkeeping import as_of
from runledger.service.search.task_runs import TASK_RUNS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(PaginateTaskRuns), wiring.searchable(request.now)
    found = TASK_RUNS.paginate(store, asked.criteria(), asked.part().as_of(request.now))
    now = wiring.now()
    runs = [TaskRunResponse.of(as_of(run, now)) for run in found.answer.page]
    page = paginated(runs, found.answer.total, limit=asked.limit, page=asked.page)
    return Response(page, log=found.log_fields())
