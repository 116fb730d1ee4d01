"""GET /ui/task_runs/{id}: read a task run with its flow run's name."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import UITaskRun
from runledger.domain.runs.bookkeeping import as_of
from runledger.service import ui


@endpoint
def handler(request: Request) -> Response[UITaskRun]:
    run, flow_run_name = ui.read_with_flow_run_name(wiring.store(), request.id())
    return Response(UITaskRun.of(as_of(run, wiring.now()), flow_run_name))
