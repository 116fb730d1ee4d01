"""GET /saved_searches/{id}: read a saved search."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.named_documents.saved_searches import SAVED_SEARCHES, SavedSearch
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[SavedSearch]:
    return Response(named_documents.read(wiring.store(), SAVED_SEARCHES, request.id()))
