"""POST /logs: store log lines of runs."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.logs import CreateLogs
from runledger.service import logs


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.body(CreateLogs)
    logs.create(wiring.store(), body.to_logs(request.now))
    return Response(status=HTTPStatus.CREATED)
