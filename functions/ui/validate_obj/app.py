"""POST /ui/schemas/validate: validate the values of a form by its schema."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import SchemaValuesValidationResponse, ValidateObject
from runledger.service.deployments import forms


@endpoint
def handler(request: Request) -> Response[SchemaValuesValidationResponse]:
    body = request.parameters(ValidateObject)
    problems = forms.problems_of(wiring.store(), body.values, body.json_schema)
    return Response(SchemaValuesValidationResponse.of(problems))
