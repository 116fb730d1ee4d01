"""POST /task_runs/: every field with good and bad values."""

from collections.abc import Iterator, Mapping

from tests.conformance.programs import Program, get, post, program, some_id
from tests.conformance.tables.values import samples
from tests.conformance.tables.values.states import DETAILED, STATES

LONG_KEY = "k" * 2001

FIELDS: dict[str, tuple[object, ...]] = {
    "id": samples.IDS,
    "name": samples.TEXTS,
    "flow_run_id": samples.IDS,
    "task_key": samples.TEXTS,
    "dynamic_key": samples.TEXTS,
    "cache_key": (*samples.TEXTS, "k" * 2000, LONG_KEY, "é" * 2000),
    "cache_expiration": samples.TIMES,
    "task_version": samples.TEXTS,
    "tags": samples.TAGS,
    "labels": (
        *({"a": value} for value in samples.LABEL_VALUES),
        *(None, [], "x", 5, {"": ""}, {"b": 1, "a": 2}, {"a": [], "b": {}, "c": 1}),
    ),
    "state": (None, [], "x", 5, True, *STATES, *DETAILED),
    "unknown": (1, None),
    "created": (None, "2030-01-01T00:00:00Z"),
    "state_type": ("RUNNING",),
    "run_count": (3,),
}
POLICY: dict[str, tuple[object, ...]] = {
    "max_retries": samples.INTS,
    "retry_delay_seconds": samples.FLOATS,
    "retries": samples.INTS,
    "retry_delay": (
        *samples.FLOATS,
        *([], [1, 2], [1, 2.5], ["1", 2], [True], [None], ["x"], [1.5, "x"], [[1]], [-1]),
        *([1] * 50, [1] * 51, [1.5] * 51, {"a": 1}, "5", [1.0, 2.0]),
    ),
    "retry_jitter_factor": samples.FLOATS,
    "unknown": (1,),
}
POLICIES: tuple[object, ...] = (
    *({}, [], "x", 5, True),
    {"max_retries": 3},
    {"max_retries": 3, "retries": None},
    {"max_retries": 3, "retries": 0},
    {"max_retries": 3, "retries": 1},
    {"max_retries": -3, "retry_delay_seconds": -1.5},
    {"retry_delay_seconds": 1.5},
    {"retry_delay_seconds": 3, "retry_delay": 0},
    {"retry_delay_seconds": 3, "retry_delay": []},
    {"retry_delay_seconds": 3, "retry_delay": [1]},
    {"retry_delay_seconds": 3, "retry_delay": 5},
    {"retries": "x", "retry_delay": "x", "retry_jitter_factor": -1},
    {"retry_delay": [1] * 51, "retry_jitter_factor": -1, "retries": []},
)
INPUTS: tuple[object, ...] = (
    *(None, [], "x", 5, {}, {"a": []}, {"a": None}, {"a": {}}, {"a": "x"}, {"a": [None]}),
    *({"a": [5]}, {"a": ["x"]}, {"a": [[]]}, {"a": [{}]}, {"": [{"name": "p"}]}),
    {"a": [{"input_type": "task_run", "id": some_id(5).upper()}]},
    {"a": [{"input_type": "flow_run", "id": some_id(5)}]},
    {
        "a": [{"input_type": "parameter", "name": "p"}],
        "b": [{"input_type": "constant", "type": "int"}],
    },
    {"a": [{"id": some_id(5)}, {"name": "p"}, {"type": "int"}]},
    {"a": [{"name": "p", "type": "int", "id": some_id(5)}]},
    {"a": [{"type": "int", "id": some_id(5)}]},
    {"a": [{"name": "p", "x": 1}, {"type": "int", "x": 1}, {"id": some_id(5), "x": 1}]},
    {"a": [{"input_type": "unknown", "id": some_id(5)}]},
    {"a": [{"input_type": "task_run", "id": "zz"}]},
    {"a": [{"input_type": "task_run"}]},
    {"a": [{"input_type": "task_run", "name": "p"}]},
    {"a": [{"input_type": "parameter", "id": some_id(5)}]},
    {"a": [{"input_type": "parameter", "name": 5}]},
    {"a": [{"input_type": "constant", "type": None}]},
    {"a": [{"input_type": None, "name": "p"}]},
    {"a": [{"id": some_id(5)}, {}, {"id": "zz"}], "b": [{"name": 5}], "c": 5},
    {"b": [], "a": []},
)
FULL = {
    "id": some_id(1),
    "name": "full 1",
    "task_key": "t",
    "dynamic_key": "full",
    "flow_run_id": None,
    "cache_key": "ck",
    "cache_expiration": "2035-01-01T00:00:00.5+02:00",
    "task_version": "v1",
    "empirical_policy": {"retries": 2, "retry_delay": [1, 2.5], "retry_jitter_factor": 0.5},
    "tags": ["b", "a", "b"],
    "labels": {"s": "x", "i": 1, "f": 1.0, "b": True},
    "task_inputs": {"x": [{"input_type": "parameter", "name": "p"}]},
    "state": {
        "type": "SCHEDULED",
        "name": "Mine",
        "message": "m",
        "state_details": {
            "scheduled_time": "2035-06-01T00:00:00+02:00",
            "cache_expiration": "2035-06-01T00:00:00-05:30",
            "pause_timeout": "2035-06-01 00:00:00",
            "transition_id": some_id(2),
        },
    },
}
FAULTS: tuple[dict[str, object], ...] = (
    {},
    {"task_key": None, "dynamic_key": 5, "id": "zz", "tags": 5, "labels": {"a": None}, "x": 1},
    {"x": 1, "id": "zz", "name": 5, "state": {"type": "x"}, "empirical_policy": {"retries": "x"}},
    {"cache_key": LONG_KEY, "task_inputs": 5, "flow_run_id": "zz", "cache_expiration": "x"},
)


def programs() -> Iterator[Program]:
    cases = [(name, {name: value}) for name, values in FIELDS.items() for value in values]
    cases += [
        (f"empirical_policy.{name}", {"empirical_policy": {name: value}})
        for name, values in POLICY.items()
        for value in values
    ]
    cases += [("empirical_policy", {"empirical_policy": policy}) for policy in POLICIES]
    cases += [("task_inputs", {"task_inputs": inputs}) for inputs in INPUTS]
    for number, (name, fields) in enumerate(cases):
        body = {"id": some_id(1), "task_key": "t", "dynamic_key": "1", "name": "T 1", **fields}
        yield _created(f"create task run, {name} {number}", body)
    yield _created("create task run, every field", FULL)
    yield from (_created(f"create task run, faults {n}", f) for n, f in enumerate(FAULTS))


def _created(name: str, body: Mapping[str, object]) -> Program:
    """Created, found again by its identity, and read."""
    return program(
        name, post("/task_runs/", body), post("/task_runs/", body), get("/task_runs/<s2.id>")
    )
