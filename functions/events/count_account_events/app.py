"""POST /events/count-by/{countable}: count events by time, by name or by resource."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.events import CountEvents
from runledger.domain.events.event_counts import Countable, EventCount
from runledger.service import events


@endpoint
def handler(request: Request) -> Response[list[EventCount]]:
    countable = request.path_value("countable", Countable)
    body, store = request.parameters(CountEvents), wiring.store_for_search(request.now)
    found = events.count(store, body.filter, countable, body.spans(), now=request.now)
    return Response(found.answer, log=found.log_fields())
