"""Saved searches: a name, and conditions that only the site understands."""

from datetime import UTC, datetime
from uuid import UUID

from runledger.domain.named_documents.saved_searches import SAVED_SEARCHES, SavedSearch

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_search_is_known_by_its_name_and_keeps_its_conditions() -> None:
    condition = {"object": "run", "property": "x", "type": "y", "operation": "z", "value": [1]}
    given = {"id": UUID(int=1), "created": THEN, "updated": THEN, "name": "s"}
    search = SavedSearch.model_validate(given | {"filters": [condition]})
    assert [one.model_dump() for one in search.filters] == [condition]
    assert SAVED_SEARCHES.unique(search) == ("s",)
    assert SAVED_SEARCHES.taken(search) == "there is a saved search s"
