"""PATCH /variables/name/{name}: update a variable."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.variables import VariableUpdate
from runledger.domain.named_documents.variables import VARIABLES
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[None]:
    variable, changes = request.path_text("name"), request.body(VariableUpdate).changes()
    named_documents.change(wiring.store(), VARIABLES, variable, changes, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
