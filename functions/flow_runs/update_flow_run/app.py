"""PATCH /flow_runs/{id}: update the sent fields of a flow run."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_runs import FlowRunUpdate
from runledger.service.runs import flow_runs


@endpoint
def handler(request: Request) -> Response[None]:
    changes = request.body(FlowRunUpdate).changes()
    flow_runs.update(wiring.store(), request.id(), changes, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
