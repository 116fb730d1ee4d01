"""The answer of a search, and what it took to find it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")


@dataclass(frozen=True)
class SearchResult(Generic[A]):
    """An answer, and what it took to find it."""

    answer: A
    path: str
    items_read: int
    items_kept: int

    def log_fields(self) -> dict[str, object]:
        """Return what is worth logging."""
        return {"path": self.path, "items_read": self.items_read, "items_kept": self.items_kept}
