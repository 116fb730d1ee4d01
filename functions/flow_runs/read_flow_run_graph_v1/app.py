"""GET /flow_runs/{id}/graph: list a flow run's task runs and what they depend on."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_runs import DependencyResult
from runledger.service.runs import task_run_dependencies


@endpoint
def handler(request: Request) -> Response[list[DependencyResult]]:
    store, run_id = wiring.store_for_search(request.now), request.id()
    task_runs = task_run_dependencies.read_task_runs(store, run_id, now=wiring.now())
    return Response([DependencyResult.of(run) for run in task_runs])
