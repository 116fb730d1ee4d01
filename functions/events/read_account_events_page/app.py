"""GET /events/filter/next: list the events of a page that another one has led to."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.adapters.urls import url_of
from runledger.api.events import EventPage, EventQuery
from runledger.service import events


@endpoint
def handler(request: Request) -> Response:
    wanted = EventQuery.by(request.query("page-token"))
    page = range(wanted.offset, wanted.offset + wanted.limit)
    store = wiring.searchable(request.now)
    found = events.search(store, wanted.filter, page, now=request.now)
    at = url_of(request, "/events/filter/next")
    return Response(EventPage.of(wanted, *found.answer, at=at), log=found.log_fields())
