"""The answer of a search, with its cost."""

from typing import Generic, NamedTuple, TypeVar

A = TypeVar("A")


class SearchResult(NamedTuple, Generic[A]):
    """The answer of a search, its access path, and the numbers of items read and kept."""

    answer: A
    path: str
    items_read: int
    items_kept: int

    def log_fields(self) -> dict[str, object]:
        """Return the fields of the search's log line."""
        return {"path": self.path, "items_read": self.items_read, "items_kept": self.items_kept}
