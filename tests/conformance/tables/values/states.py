"""States as they are given at create."""

from tests.conformance.programs import some_id
from tests.conformance.tables.values import samples

TYPES = (
    *("SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED"),
    "CANCELLING",
)
DETAIL_SAMPLES: dict[str, tuple[object, ...]] = {
    "flow_run_id": (some_id(5), None, "zz", 5),
    "task_run_id": (some_id(5), None, "zz", 5),
    "child_flow_run_id": (some_id(5), None, "zz", 5),
    "scheduled_time": samples.TIMES,
    "cache_key": (*samples.TEXTS[:4], "k" * 2001, None, 5),
    "cache_expiration": samples.TIMES[:12],
    "deferred": samples.BOOLS,
    "untrackable_result": (True, "yes", None, 5),
    "pause_timeout": samples.TIMES[:12],
    "pause_reschedule": (True, "no", None, "x"),
    "pause_key": samples.TEXTS,
    "run_input_keyset": ({"a": "b"}, {}, {"a": 1}, {"a": None}, None, [], "x"),
    "refresh_cache": samples.BOOLS,
    "retriable": (True, False, None, "x", 5),
    "transition_id": (some_id(5).upper(), None, "zz"),
    "task_parameters_id": ("{" + some_id(5) + "}", None, "zz"),
    "traceparent": ("00-aa-bb-01", "", None, 5),
    "deployment_concurrency_lease_id": (some_id(5), None, "zz"),
    "unknown": (1,),
}

NO_TYPES: tuple[object, ...] = ("pending", "", "X", None, 5, True, [], {}, "PENDING ")
NO_DETAILS: tuple[object, ...] = (None, [], "x", 5, {})

STATES: tuple[object, ...] = (
    *({"type": kind} for kind in TYPES),
    *({"type": kind, "name": f"My {kind}", "message": "m"} for kind in TYPES),
    *(
        {"type": kind, "state_details": {"scheduled_time": "2040-01-01T00:00:00+02:00"}}
        for kind in TYPES
    ),
    *(
        {"type": kind, "state_details": {"scheduled_time": "2020-01-01T00:00:00Z"}}
        for kind in TYPES
    ),
    *({"type": "PENDING", "name": name} for name in samples.TEXTS),
    *({"type": "PENDING", "message": message} for message in samples.TEXTS),
    *({"type": kind} for kind in NO_TYPES),
    *({"type": "COMPLETED", "data": data} for data in samples.DATA),
    *({"type": "FAILED", "data": data} for data in samples.DATA[:9]),
    *({"type": "PENDING", "state_details": details} for details in NO_DETAILS),
    *({}, {"name": "x"}, {"type": "PENDING", "id": some_id(1)}, {"type": "PENDING", "x": 1}),
    {"type": "PENDING", "timestamp": "2030-01-01T00:00:00Z"},
    {
        "type": "x",
        "name": 5,
        "message": 5,
        "state_details": {"deferred": "x", "scheduled_time": "x"},
        "z": 1,
    },
)
# One detail at a time, in the type of state that it belongs to.
DETAILED: tuple[object, ...] = tuple(
    {"type": "SCHEDULED" if key == "scheduled_time" else "PENDING", "state_details": {key: value}}
    for key, values in DETAIL_SAMPLES.items()
    for value in values
)
