"""Use cases of collections: views that describe what clients can make."""

from typing import Any

from runledger.domain.errors import NotFound
from runledger.domain.work_pools import worker_types


def read_view(name: str) -> dict[str, Any]:
    """Return a view.

    Raises:
        NotFound: there is none of this name.
    """
    found = worker_types.view(name)
    if found is None:
        raise NotFound(f"View {name} not found in registry")
    return found
