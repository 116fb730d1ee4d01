"""PUT /saved_searches: create a saved search, or replace the filters of the one of that name."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.saved_searches import SavedSearchCreate
from runledger.domain.named_documents.saved_searches import SAVED_SEARCHES, SavedSearch
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[SavedSearch]:
    search = request.body(SavedSearchCreate).to_saved_search(request.now)
    saved = named_documents.save(wiring.store(), SAVED_SEARCHES, search, ["filters"])
    return Response(saved.document, HTTPStatus.CREATED if saved.new else HTTPStatus.OK)
