"""Which things are wanted: criteria, with the look-ups that they need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.store.dynamodb.table import Table
from runledger.store.search.ancestry import AncestryLoader

F_contra = TypeVar("F_contra", contravariant=True)


class Selection(Protocol[F_contra]):
    """Decides about things by what is known of them."""

    @property
    def criteria(self) -> Criteria:
        """What is asked of them."""
        ...

    def choose(self, facts: Sequence[F_contra]) -> Iterator[bool]:
        """Tell of each whether it is wanted."""
        ...


@dataclass(frozen=True)
class TaskRunSelection:
    """Which task runs are wanted."""

    criteria: Criteria
    ancestries: AncestryLoader

    @classmethod
    def by(cls, table: Table, criteria: Criteria) -> "TaskRunSelection":
        """Return the selection of a table's task runs by criteria."""
        return cls(criteria, AncestryLoader(table, criteria))

    def choose(self, facts: Sequence[TaskRunFacts]) -> Iterator[bool]:
        """Look up what stands above the runs, as far as it is asked for."""
        ancestries = self.ancestries.of(facts)
        return (self.criteria.matches(run, ancestries.get(run.flow_run_id)) for run in facts)
