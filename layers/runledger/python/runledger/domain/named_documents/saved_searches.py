"""Saved searches: filters that a site keeps under a name (docs/contract/documents.md 3)."""

from typing import Any

from runledger.domain.named_documents.nouns import NamedDocument, Noun, by_name
from runledger.domain.sorting import Order
from runledger.domain.values import Value

BY_NAME = Order("name")


class SavedSearchFilter(Value):
    """A condition, which only the site understands."""

    object: str
    property: str
    type: str
    operation: str
    value: Any


class SavedSearch(NamedDocument):
    """A saved search; its fields are in the order of the wire."""

    name: str
    filters: list[SavedSearchFilter] = []


SAVED_SEARCHES = Noun(
    "SAVED_SEARCH",
    SavedSearch,
    unique=by_name,
    not_found="Saved search not found",
    taken=lambda search: f"there is a saved search {search.name}",
)
