"""POST /task_runs/filter: list matching task runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import ReadTaskRuns
from runledger.domain.documents import Document
from runledger.domain.runs.task_runs import TaskRun
from runledger.service.search.task_runs import TASK_RUNS


@endpoint
def handler(request: Request) -> Response[list[Document[TaskRun]]]:
    body, store = request.parameters(ReadTaskRuns), wiring.store_for_search(request.now)
    found = TASK_RUNS.find(store, body.criteria(), body.to_page().as_of(request.now))
    now = wiring.now()
    return Response([run.as_of(now) for run in found.answer], log=found.log_fields())
