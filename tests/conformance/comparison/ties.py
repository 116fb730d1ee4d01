"""Pages that differ only in the order of runs which their sort does not tell apart."""

import json
from collections.abc import Hashable, Iterator
from itertools import groupby

from tests.conformance.comparison import volatile
from tests.conformance.programs import Json, some_id

# With this begin the ids that clients choose.
CHOSEN = some_id(0)[:8]
SENT = ("name", "tags", "flow_version", "idempotency_key", "state_type")

# What each sort orders by; a flow run that did not start, by when it should. Ids are never alike.
SORT_KEYS = {
    "EXPECTED_START_TIME_ASC": "expected_start_time",
    "EXPECTED_START_TIME_DESC": "expected_start_time",
    "NAME_ASC": "name",
    "NAME_DESC": "name",
    "NEXT_SCHEDULED_START_TIME_ASC": "next_scheduled_start_time",
    "END_TIME_DESC": "end_time",
    "START_TIME_ASC": "start_time",
    "START_TIME_DESC": "start_time",
}


def differ_in_ties_only(sort: str, left: Json, right: Json) -> bool:
    """Whether each group of ties has the same runs; a page may cut its last and its first group."""
    if sort not in SORT_KEYS or not isinstance(left, list) or not isinstance(right, list):
        return False
    groups = _groups(left, SORT_KEYS[sort]), _groups(right, SORT_KEYS[sort])
    if [(key, len(ids)) for key, ids in groups[0]] != [(key, len(ids)) for key, ids in groups[1]]:
        return False
    inner = zip(groups[0][1:-1], groups[1][1:-1], strict=True)
    return all(set(one[1]) == set(other[1]) for one, other in inner)


def _groups(runs: list[Json], field: str) -> list[tuple[Hashable, list[str]]]:
    keyed = [(key, _identity(run)) for key, run in _keyed(runs, field)]
    return [
        (key, [identity for _, identity in alike])
        for key, alike in groupby(keyed, key=lambda pair: pair[0])
    ]


def _identity(run: dict[str, Json]) -> str:
    """Return the same name on both sides: its id or, if a server made that, the request's."""
    chosen = str(run["id"])
    if chosen.startswith(CHOSEN):
        return chosen
    return json.dumps({field: run.get(field) for field in SENT}, sort_keys=True)


def _keyed(runs: list[Json], field: str) -> Iterator[tuple[Hashable, dict[str, Json]]]:
    """A time of the server's own stands for the run that has it: no two are alike."""
    for run in runs:
        if isinstance(run, dict):
            value = run[field] or (run["expected_start_time"] if field == "start_time" else None)
            own = isinstance(value, str) and field != "name" and _is_recent(run, value)
            yield (("own", _identity(run)) if own else str(value)), run


def _is_recent(run: dict[str, Json], value: str) -> bool:
    times = volatile.instant(str(run["created"])), volatile.instant(value)
    return None not in times and abs((times[0] - times[1]).total_seconds()) < 60  # type: ignore[operator]
