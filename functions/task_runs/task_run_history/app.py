"""POST /task_runs/history: count matching task runs by time and state."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.queries import TaskRunHistory
from runledger.domain.documents import Document
from runledger.domain.runs.history import Interval
from runledger.service.search.histories import history
from runledger.service.search.task_runs import TASK_RUNS


@endpoint
def handler(request: Request) -> Response[list[Document[Interval]]]:
    body, store = request.parameters(TaskRunHistory), wiring.store_for_search(request.now)
    criteria, timeline = body.criteria(), body.timeline()
    found = history(TASK_RUNS, store, criteria, timeline, now=wiring.now())
    return Response(found.answer, log=found.log_fields())
