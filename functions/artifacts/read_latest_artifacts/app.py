"""POST /artifacts/latest/filter: list the latest artifacts of keys."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import ReadLatestArtifacts
from runledger.domain.artifacts import ArtifactCollection
from runledger.service.search import artifacts


@endpoint
def handler(request: Request) -> Response[list[ArtifactCollection]]:
    body, store = request.parameters(ReadLatestArtifacts), wiring.store_for_search(request.now)
    return Response(artifacts.find_latest(store, body.criteria(), body.to_page()))
