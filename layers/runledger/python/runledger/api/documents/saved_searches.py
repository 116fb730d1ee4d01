"""Request bodies of saved searches (docs/contract/documents.md 3)."""

from datetime import datetime

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Skipping
from runledger.domain.named_documents.saved_searches import (
    BY_NAME,
    SavedSearch,
    SavedSearchFilter,
)
from runledger.domain.sorting import Page


class SavedSearchCreate(Body):
    """PUT /saved_searches/."""

    name: str
    filters: list[SavedSearchFilter] = []

    def to_saved_search(self, now: datetime) -> SavedSearch:
        return SavedSearch(
            id=ids.run_id(), created=now, updated=now, name=self.name, filters=self.filters
        )


class ReadSavedSearches(Skipping, Limited):
    """POST /saved_searches/filter: in the order of names."""

    def to_page_by_name(self) -> Page:
        return Page(BY_NAME, self.offset, self.limit)
