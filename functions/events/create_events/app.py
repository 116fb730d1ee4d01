"""POST /events: store events, and record the task runs that they report."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.events import Events
from runledger.service import events


@endpoint
def handler(request: Request) -> Response[None]:
    events.receive_all(wiring.store(), request.body(Events).root, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
