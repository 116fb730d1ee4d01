"""DELETE /variables/name/{name}: delete a variable."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.named_documents.variables import VARIABLES
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[None]:
    named_documents.delete(wiring.store(), VARIABLES, request.path_text("name"))
    return Response(status=HTTPStatus.NO_CONTENT)
