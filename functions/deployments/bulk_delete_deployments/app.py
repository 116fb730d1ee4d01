"""POST /deployments/bulk_delete: delete the matching deployments, with all that belongs to them."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.bulk.requests import BulkDeleteDeployments
from runledger.api.bulk.results import DeploymentBulkDeleteResponse
from runledger.service.deployments import deployment_deletion
from runledger.service.search.deployments import DEPLOYMENTS


@endpoint
def handler(request: Request) -> Response[DeploymentBulkDeleteResponse]:
    body, now = request.parameters(BulkDeleteDeployments), request.now
    found = DEPLOYMENTS.find(wiring.store_for_search(now), body.criteria(), body.to_page())
    ids = [deployment.id for deployment in found.answer]
    deleted = deployment_deletion.delete_all(
        wiring.store(), ids, wiring.removal_deadline(now), now=now
    )
    return Response(DeploymentBulkDeleteResponse(deleted=deleted), log=found.log_fields())
