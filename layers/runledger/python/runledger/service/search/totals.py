"""Totals by owner."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID


def totals(owners: Iterable[UUID | None], wanted: Sequence[UUID]) -> dict[UUID, int]:
    counts = Counter(owners)
    return {owner: counts[owner] for owner in wanted}
