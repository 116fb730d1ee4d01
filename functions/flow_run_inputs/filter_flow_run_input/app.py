"""POST /flow_runs/{id}/input/filter: list a flow run's inputs by a prefix of their keys."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_run_inputs import FilterFlowRunInput
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.service.runs import flow_run_inputs


@endpoint
def handler(request: Request) -> Response[list[FlowRunInput]]:
    body = request.parameters(FilterFlowRunInput)
    return Response(flow_run_inputs.find(wiring.store(), request.id(), body.to_query()))
