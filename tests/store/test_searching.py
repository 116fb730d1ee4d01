"""Whatever is wanted, in whatever order: a search finds what the criteria say, page for page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local import tables
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.lineage import Lineage
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow
from runledger.domain.sorting import Order, Page, TaskRunSort, rank
from runledger.domain.states import State
from runledger.domain.task_runs import TaskRun
from runledger.store import items, places
from runledger.store.items import Stored
from runledger.store.searching import MOST_SORTED, Paged
from runledger.store.table import Table
from runledger.store.task_runs import TaskRunStore
from tests.databases import TEMPLATE, DynamoDB
from tests.domain.strategies import IDS, OF_FLOW_RUNS, OF_TASK_RUNS, TASK_RUN, TEXTS, TIMES
from tests.store.populations import DAWN, in_state, put, put_flow_runs, put_task_runs, task_run

# Names that agree as far as an index shows them, or nearly so, and characters that must be escaped.
ODD = st.text("a\x00\x01\x02é\U0001f600", max_size=3)
LONG = st.integers(places.MOST_NAME_BYTES - 5, places.MOST_NAME_BYTES + 1).map("a".__mul__)
NAMES = TEXTS | ODD | st.builds(str.__add__, LONG, ODD)

RUNS = st.fixed_dictionaries(
    TASK_RUN
    | {
        "id": IDS | st.uuids(),
        "created": TIMES,
        "name": NAMES,
        "next_scheduled_start_time": TIMES | st.none(),
    }
)
OF_FLOWS = st.fixed_dictionaries(
    {}, optional={"id": st.fixed_dictionaries({"any_": st.lists(IDS, max_size=2)})}
)
CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "task_runs": OF_TASK_RUNS,
        "flow_runs": OF_FLOW_RUNS,
        "flows": OF_FLOWS,
        "deployments": st.just({}),
    },
).map(Criteria.model_validate)


PAGES = st.builds(
    Page,
    order=st.sampled_from([sort.order for sort in TaskRunSort]),
    offset=st.integers(0, 3),
    limit=st.integers(0, 5) | st.just(200),
)


def stored(row: Mapping[str, Any]) -> Stored:
    fields = {**row}
    subflow_runs, kind = fields.pop("subflow_runs"), fields.pop("state_type")
    named = fields.pop("state_name")
    state = State(id=uuid4(), type=kind, name=named, timestamp=DAWN)
    run = in_state(task_run(0).but(**fields), state)
    return Stored(run, version=1, subflow_runs=subflow_runs)


# Of three ids that filters name, two are flow runs of one flow; one of them is a subflow run.
FLOW = Flow(id=UUID(int=0), created=DAWN, updated=DAWN, name="a")
FLOW_RUNS = [
    FlowRun(
        id=UUID(int=number),
        created=DAWN,
        updated=DAWN,
        name="aA",
        flow_id=FLOW.id,
        parent_task_run_id=UUID(int=number),
    )
    for number in (0, 1)
]


class World(NamedTuple):
    database: DynamoDB
    shards: int
    runs: Sequence[Stored]

    def fill(self) -> None:
        put_task_runs(self.database, self.runs, shards=self.shards)
        put_flow_runs(self.database, FLOW_RUNS, shards=self.shards)
        put(self.database, [items.flow_item(FLOW, shards=self.shards)])

    def find(self, criteria: Criteria, page: Page, most_sorted: int) -> Paged[TaskRun]:
        table = Table(self.database.client, self.database.table)
        searcher = TaskRunStore(table, self.shards).searcher(criteria, page)
        return replace(searcher, most_sorted=most_sorted).paginate().answer

    def wanted(self, criteria: Criteria, page: Page) -> Paged[TaskRun]:
        matching = [one for one in self.runs if criteria.matches(one.facts, self.lineage(one.run))]
        matching.sort(key=partial(standing, page.order), reverse=page.order.reverse)
        shown = matching[page.offset : page.offset + page.limit]
        return Paged([one.run for one in shown], len(matching))

    def lineage(self, run: TaskRun) -> Lineage | None:
        flow_run = next((one for one in FLOW_RUNS if one.id == run.flow_run_id), None)
        if flow_run is None:
            return None
        parents = (one.run for one in self.runs if one.run.id == flow_run.parent_task_run_id)
        above = next((parent.flow_run_id for parent in parents), None)
        return Lineage(flow_run=flow_run, flow=FLOW, parent_flow_run_id=above)


def standing(order: Order, one: Stored) -> tuple[Any, ...]:
    return rank(one.facts, order.column)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_exactly_what_is_wanted(dynamodb: DynamoDB, data: st.DataObject) -> None:
    shards = data.draw(st.sampled_from([1, 2, 5]))
    rows = data.draw(st.lists(RUNS, max_size=12, unique_by=lambda row: row["id"]))
    fresh = dynamodb._replace(table=f"runledger-{uuid4()}")
    tables.create(fresh.client, TEMPLATE, fresh.table)
    world = World(fresh, shards, [stored(row) for row in rows])
    world.fill()
    for asked in data.draw(st.lists(st.tuples(CRITERIA, PAGES), min_size=5, max_size=5)):
        most_sorted = data.draw(st.sampled_from([0, 3, MOST_SORTED]))
        assert world.find(*asked, most_sorted) == world.wanted(*asked)
    fresh.client.delete_table(TableName=fresh.table)
