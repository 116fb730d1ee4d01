"""POST /events/filter: list events, and tell where the next page is."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.adapters.urls import url_of
from runledger.api.events import EventPage, ReadEvents
from runledger.service import events


@endpoint
def handler(request: Request) -> Response:
    wanted = request.parameters(ReadEvents).wanted()
    page = range(wanted.offset, wanted.offset + wanted.limit)
    store = wiring.searchable(request.now)
    found = events.search(store, wanted.filter, page, now=request.now)
    at = url_of(request, "/events/filter/next")
    return Response(EventPage.of(wanted, *found.answer, at=at), log=found.log_fields())
