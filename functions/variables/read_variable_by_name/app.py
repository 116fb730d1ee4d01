"""GET /variables/name/{name}: read a variable."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.named_documents.variables import VARIABLES, Variable
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[Variable]:
    return Response(named_documents.read(wiring.store(), VARIABLES, request.path_text("name")))
