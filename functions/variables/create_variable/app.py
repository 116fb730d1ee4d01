"""POST /variables: create a variable."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.variables import VariableCreate
from runledger.domain.named_documents.variables import VARIABLES, Variable
from runledger.service.documents import named_documents


@endpoint
def handler(request: Request) -> Response[Variable]:
    variable = request.body(VariableCreate).to_variable(request.now)
    created = named_documents.create(wiring.store(), VARIABLES, variable)
    return Response(created, HTTPStatus.CREATED)
