"""PATCH /flow_runs/{id}/labels: add labels to a flow run."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_runs import FlowRunLabels
from runledger.service.runs import flow_run_updates


@endpoint
def handler(request: Request) -> Response[None]:
    labels = request.body(FlowRunLabels).root
    flow_run_updates.relabel(wiring.store(), request.id(), labels, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
