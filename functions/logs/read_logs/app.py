"""POST /logs/filter: list matching log lines."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.logs import ReadLogs
from runledger.domain.logs import Log
from runledger.service import logs


@endpoint
def handler(request: Request) -> Response[list[Log]]:
    body, store = request.parameters(ReadLogs), wiring.store_for_search(request.now)
    found = logs.search(store, body.query(), now=request.now)
    return Response(found.answer, log=found.log_fields())
