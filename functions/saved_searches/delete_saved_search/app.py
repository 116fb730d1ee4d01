"""DELETE /saved_searches/{id}: delete a saved search."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.named_documents.saved_searches import SAVED_SEARCHES
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[None]:
    named_documents.delete(wiring.store(), SAVED_SEARCHES, request.id())
    return Response(status=HTTPStatus.NO_CONTENT)
