"""Which things are wanted: criteria, with the look-ups that they need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from runledger.domain.facts import TaskRunFacts
from runledger.domain.filters.criteria import Criteria
from runledger.store import task_run_paths
from runledger.store.lineages import Lineages
from runledger.store.planning import Read
from runledger.store.table import Table

F_contra = TypeVar("F_contra", contravariant=True)


class Selection(Protocol[F_contra]):
    """Decides about things by what is known of them."""

    @property
    def asks_nothing(self) -> bool:
        """Whether everything is wanted."""
        ...

    def narrowest(self, shards: int) -> Read | None:
        """Return the cheapest read that has all that is wanted, if there is one but reading all."""
        ...

    def choose(self, facts: Sequence[F_contra]) -> Iterator[bool]:
        """Tell of each whether it is wanted."""
        ...


@dataclass(frozen=True)
class TaskRunSelection:
    """Which task runs are wanted."""

    criteria: Criteria
    lineages: Lineages

    @classmethod
    def by(cls, table: Table, criteria: Criteria) -> "TaskRunSelection":
        """Return the selection of a table's task runs by criteria."""
        return cls(criteria, Lineages(table, criteria))

    @property
    def asks_nothing(self) -> bool:
        """Whether all are wanted."""
        return self.criteria == Criteria()

    def narrowest(self, shards: int) -> Read | None:
        """Return the path of the table of paths that comes first."""
        return task_run_paths.narrowest(self.criteria, shards)

    def choose(self, facts: Sequence[TaskRunFacts]) -> Iterator[bool]:
        """Look up what stands above the runs, as far as it is asked for."""
        lineages = self.lineages.of(facts)
        return (self.criteria.matches(run, lineages.get(run.flow_run_id)) for run in facts)
