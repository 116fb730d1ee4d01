"""Access paths to flows and deployments."""

from runledger.domain.filters.criteria import Criteria
from runledger.store.schema import keys
from runledger.store.schema.keys import DEPLOYMENT, FLOW
from runledger.store.search.paths.shared import by_flow, by_id, values_of
from runledger.store.search.planner import Follow, Paths, Read


def by_name(criteria: Criteria, _: int) -> Read | None:
    """Read the flows of the given names."""
    names = values_of(criteria, FLOW, "name")
    if names is None:
        return None
    return Follow("by_name", keys=tuple(map(keys.flow_name, names)))


TO_FLOWS: Paths = {
    "flows.id.any_": by_id(FLOW),
    "flows.name.any_": by_name,
}

TO_DEPLOYMENTS: Paths = {
    "deployments.id.any_": by_id(DEPLOYMENT),
    "flows.id.any_": by_flow(bounded=True),
}
