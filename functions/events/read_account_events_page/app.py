"""GET /events/filter/next: read the page of events that a previous page links to."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.adapters.urls import url_of
from runledger.api.events import EventPage, EventQuery
from runledger.domain.documents import Document
from runledger.domain.events.events import ReceivedEvent
from runledger.service import events


@endpoint
def handler(request: Request) -> Response[EventPage[Document[ReceivedEvent]]]:
    query = EventQuery.by(request.query("page-token"))
    page = range(query.offset, query.offset + query.limit)
    store = wiring.store_for_search(request.now)
    found = events.search(store, query.filter, page, now=request.now)
    at = url_of(request, "/events/filter/next")
    return Response(EventPage.of(query, *found.answer, at=at), log=found.log_fields())
