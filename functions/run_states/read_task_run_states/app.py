"""GET /task_run_states: list the states of a task run."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.runs import run_states


@endpoint
def handler(request: Request) -> Response:
    task_run_id = request.query_id("task_run_id")
    return Response(run_states.TASK_RUN_STATES.history(wiring.store(), task_run_id))
