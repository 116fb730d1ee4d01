"""POST /variables/filter: list matching variables."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.variables import ReadVariables
from runledger.domain.named_documents.variables import VARIABLES, Variable
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[list[Variable]]:
    body, store = request.parameters(ReadVariables), wiring.store_for_search(request.now)
    page = body.to_page()
    return Response(named_documents.find_page(store, VARIABLES, body.variables, page))
