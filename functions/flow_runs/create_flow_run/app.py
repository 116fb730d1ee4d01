"""POST /flow_runs: create a flow run, or return the one that has its idempotency key."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.flow_runs import FlowRunCreate
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.runs import flow_runs


@endpoint
def handler(request: Request) -> Response[FlowRun]:
    body, now = request.body(FlowRunCreate), request.now
    created = flow_runs.create(wiring.store(), body.to_run(now), body.proposed(now), now=now)
    status = HTTPStatus.CREATED if created.new else HTTPStatus.OK
    return Response(as_of(created.run, wiring.now()), status)
