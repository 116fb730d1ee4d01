"""PATCH /flow_runs/{id}: update the sent fields of a flow run."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_runs import FlowRunUpdate
from runledger.service.runs import flow_run_updates
from runledger.service.work_pools.job_variables import JobVariableChecks


@endpoint
def handler(request: Request) -> Response[None]:
    changes, store = request.body(FlowRunUpdate).changes(), wiring.store()
    checks = JobVariableChecks(store, block_wiring.block_key)
    flow_run_updates.update(store, request.id(), changes, checks, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
