"""POST /saved_searches/filter: list saved searches."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.saved_searches import ReadSavedSearches
from runledger.domain.named_documents.saved_searches import SAVED_SEARCHES, SavedSearch
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[list[SavedSearch]]:
    page = request.parameters(ReadSavedSearches).to_page_by_name()
    store = wiring.store_for_search(request.now)
    return Response(named_documents.find_page(store, SAVED_SEARCHES, None, page))
