"""The data of a state, after its result's artifact was changed or removed."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID

from pydantic_core import from_json, to_json

from runledger.domain.artifacts import Artifact
from runledger.store.artifacts.artifact_items import SeenArtifact
from runledger.store.dynamodb.expressions import has_version
from runledger.store.dynamodb.large_documents import DOCUMENT, PIECES
from runledger.store.dynamodb.packing import STATES
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Item, Put, Write
from runledger.store.runs.past_states import EARLIER, past_lines
from runledger.store.runs.states import REPORTED
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store

# Attributes that belong to one write of an item.
OF_A_WRITE = {PIECES, REPORTED}


class ResultDataStore(NamedTuple):
    """The data of states whose results have artifacts."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def writes(self, seen: SeenArtifact, data: object) -> list[Write]:
        """Return the writes of an artifact's new data to its state, wherever that is.

        There are none if the artifact is of no state, or the run was deleted.
        """
        if seen.state_id is None:
            return []
        item = self.table.read(_run_of(seen.artifact))
        return list(self._writes(item, str(seen.state_id), data)) if item else []

    def _writes(self, run: Item, state_id: str, data: object) -> Iterator[Write]:
        changed = _in_run(run, state_id, data)
        version = int(run["version"])
        if changed:
            after = {**_lasting(run), **changed, "version": version + 1}
            yield Put(after, has_version(version), run.get(PIECES))
            return
        for number in range(int(run.get(EARLIER, 0))):
            earlier = self.table.read(keys.earlier_states(keys.of(run), number))
            states = from_json(earlier[DOCUMENT]) if earlier else {}
            place = next((one for one in states if states[one]["id"] == state_id), None)
            if earlier and place is not None:
                states[place] = _with_data(states[place], data)
                yield Put({**_lasting(earlier), DOCUMENT: _spell(states)})
                # The run's version guards its earlier states too.
                yield Add(keys.of(run), {"version": 1}, has_version(version))


def _run_of(artifact: Artifact) -> Key:
    if artifact.task_run_id:
        return keys.task_run(artifact.task_run_id)
    return keys.entity(keys.FLOW_RUN, UUID(str(artifact.flow_run_id)))


def _in_run(run: Item, state_id: str, data: object) -> dict[str, str]:
    """Return the attributes of a run's item that change; none if the state is beside it."""
    document = from_json(run[DOCUMENT])
    if document["state"]["id"] == state_id:
        return {DOCUMENT: _spell(document | {"state": _with_data(document["state"], data)})}
    states = list(map(from_json, past_lines(run)))
    if all(state["id"] != state_id for state in states):
        return {}
    after = (_with_data(one, data) if one["id"] == state_id else one for one in states)
    return {STATES: "\n".join(map(_spell, after))}


def _with_data(state: Mapping[str, Any], data: object) -> dict[str, Any]:
    others = {field: state[field] for field in state if field != "data"}
    return others if data is None else others | {"data": data}


def _lasting(item: Item) -> dict[str, Any]:
    return {name: item[name] for name in item if name not in OF_A_WRITE}


def _spell(value: object) -> str:
    return to_json(value).decode()
