"""GET /observed-states: list the types and names of all runs' states."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.observed_states import ReadObservedStates
from runledger.domain.runs.observed_states import ObservedState
from runledger.service.runs import observed_states


@endpoint
def handler(request: Request) -> Response[list[ObservedState]]:
    query = request.query_parameters(ReadObservedStates)
    found = observed_states.read(wiring.store_for_search(request.now), query.to_query())
    return Response(found.answer, log=found.log_fields())
