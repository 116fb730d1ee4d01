"""POST /variables/count: count matching variables."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.variables import CountVariables
from runledger.domain.named_documents.variables import VARIABLES
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountVariables), wiring.store_for_search(request.now)
    return Response(named_documents.count(store, VARIABLES, body.variables))
