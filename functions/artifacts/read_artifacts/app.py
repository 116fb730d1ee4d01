"""POST /artifacts/filter: list matching artifacts."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import ReadArtifacts
from runledger.domain.artifacts import Artifact
from runledger.service.search import artifacts


@endpoint
def handler(request: Request) -> Response[list[Artifact]]:
    body, store = request.parameters(ReadArtifacts), wiring.store_for_search(request.now)
    found = artifacts.find(store, body.criteria(), body.to_page())
    return Response(found.answer, log=found.log_fields())
