"""The values of the variables that parameters refer to."""

from collections.abc import Mapping
from typing import Any

from runledger.domain.deployments.hydration import ANY_NAME, named_variables
from runledger.domain.named_documents.variables import VARIABLES
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store


def values_for(store: Store, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, by name, of the variables that parameters may need."""
    names = set(named_variables(parameters))
    if not names:
        return {}
    variables = NamedDocumentStore.of(store, VARIABLES)
    is_known = ANY_NAME not in names
    found = variables.read_by_names([name] for name in names) if is_known else variables.read_all()
    return {variable.name: variable.value for variable in found}
