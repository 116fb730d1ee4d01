"""POST /task_runs/paginate: read a page of matching task runs, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import PaginateTaskRuns
from runledger.api.responses import Paginated, TaskRunResponse
from runledger.domain.documents import Document
from runledger.service.search.task_runs import TASK_RUNS


@endpoint
def handler(request: Request) -> Response[Paginated[Document[TaskRunResponse]]]:
    body, store = request.parameters(PaginateTaskRuns), wiring.store_for_search(request.now)
    found = TASK_RUNS.paginate(store, body.criteria(), body.to_page().as_of(request.now))
    now = wiring.now()
    runs = [TaskRunResponse.of(run.as_of(now)) for run in found.answer.page]
    page = Paginated.of(runs, found.answer.total, limit=body.limit, page=body.page)
    return Response(page, log=found.log_fields())
