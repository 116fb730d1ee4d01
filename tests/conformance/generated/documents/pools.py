"""Work pools, their queues, workers and runs, as random programs send them."""

from collections.abc import Mapping
from random import Random

from tests.conformance.generated.documents.nouns import Body, RandomNoun, Values
from tests.conformance.programs import RequestStep, delete, get, post, some_id
from tests.conformance.tables.deployments.work_pools import BASE

POOLS = ("machines", "Cloud 1", "c-2")
MACHINES = f"/work_pools/{POOLS[0]}"
QUEUES = ("default", "q1", "q 2", "Q3")
LIMITS = (None, 0, 1, 2, 5)
TYPES = ("process", "docker", "mine")
TEMPLATES: Values = ({}, BASE)
STATES = ("PENDING", "RUNNING", "COMPLETED", "FAILED", "SCHEDULED")
# To come: the server of ours makes runs late by itself, the reference's services are off.
DUE = tuple(f"2040-01-0{day}T00:00:00Z" for day in range(1, 8))
OF_QUEUES: Mapping[str, Values] = {
    "description": ("d", "", None),
    "is_paused": (True, False),
    "concurrency_limit": LIMITS,
    "priority": (1, 2, 3, 20),
}
RUNS = ("r1", "r2", "r3", "r4")

OF_POOL = RandomNoun(
    path="/work_pools/",
    labels=("p1", "p2"),
    bases=tuple({"name": name, "type": kind} for name in POOLS for kind in TYPES),
    optional={
        "description": ("d", "", None),
        "is_paused": (True, False),
        "concurrency_limit": LIMITS,
        "base_job_template": TEMPLATES,
    },
    invalid={
        "name": ("Prefect-x", "prefect", 5),
        "concurrency_limit": (-1, "x", 1.5),
        "is_paused": (None, "x"),
        "base_job_template": ({"a": 1}, "x"),
        "storage_configuration": ({"unknown": 1},),
        "x": (1,),
    },
    changes={
        "description": ("new", None),
        "is_paused": (True, False),
        "concurrency_limit": LIMITS,
        "base_job_template": TEMPLATES,
    },
    # The pool of old queues stays.
    only={"work_pools": {"name": {"any_": POOLS}}},
    places=tuple(f"/work_pools/{name}" for name in POOLS),
    removable=tuple(f"/work_pools/{name}" for name in POOLS[1:]),
    criteria={
        "work_pools": {
            "type": ({"any_": ["process"]}, {"any_": ["docker", "zz"]}, {"any_": []}),
            "id": ({"any_": ["<p1.id>"]}, {"any_": [some_id(9)]}),
        }
    },
)
OF_QUEUE = tuple(
    RandomNoun(
        path=f"/work_pools/{pool}/queues",
        labels=("q1", "q2"),
        bases=tuple({"name": name} for name in QUEUES),
        optional=OF_QUEUES,
        invalid={
            "name": (5,),
            "priority": (0, -1, "x"),
            "concurrency_limit": (-1, "x"),
            "is_paused": (None, "x"),
            "x": (1,),
        },
        changes={**OF_QUEUES, "name": QUEUES[1:]},
        places=tuple(f"/work_pools/{pool}/queues/{name}" for name in QUEUES),
        removable=tuple(f"/work_pools/{pool}/queues/{name}" for name in QUEUES[1:]),
        criteria={
            "work_queues": {
                "name": (
                    *({"any_": ["q1", "zz"]}, {"startswith_": ["q"]}, {"startswith_": []}),
                    {"any_": ["Q3"], "startswith_": ["q "]},
                ),
                "id": ({"any_": ["<q1.id>"]},),
            }
        },
        lists=("filter",),
    )
    for pool in POOLS
)
# Queues as agents of old have them: all in one pool, and found by their ids.
OLD = ("oq1", "oq2")
OF_OLD_QUEUE = RandomNoun(
    path="/work_queues/",
    labels=OLD,
    bases=tuple({"name": name} for name in ("old", "Older", "o 3")),
    optional=OF_QUEUES,
    invalid={"name": ("a/b", 5, None), "priority": (0, "x"), "x": (1,)},
    changes=OF_QUEUES,
    places=(
        *(f"/work_queues/<{label}.id>" for label in OLD),
        *(f"/work_queues/<{label}.id>/status" for label in OLD),
        *(f"/work_queues/name/{name}" for name in ("old", "o 3")),
    ),
    removable=tuple(f"/work_queues/<{label}.id>" for label in OLD),
    only={"work_queues": {"name": {"any_": ("old", "Older", "o 3")}}},
    criteria={"work_queues": {"id": ({"any_": ["<oq1.id>"]}, {"any_": []})}},
    lists=("filter",),
)


def setup() -> tuple[RequestStep, ...]:
    """Return a pool that stays with a worker that stays, and a deployment in it.

    A pool whose last worker is deleted is READY on the reference until a service looks there.
    """
    machines = {"name": POOLS[0], "type": "process"}
    deployment = {"name": "P", "flow_id": "<pf.id>", "work_pool_name": POOLS[0]}
    return (
        post("/work_pools/", machines),
        post(f"{MACHINES}/workers/heartbeat", {"name": "w0", "heartbeat_interval_seconds": 600}),
        post("/flows/", {"name": "Pooled"}).named("pf"),
        post("/deployments/", deployment).named("pd"),
    )


def _worker(draw: Random) -> RequestStep:
    workers = f"/work_pools/{draw.choice(POOLS)}/workers"
    name = draw.choice(("w1", "w2", "W"))
    if draw.random() < 0.15:
        return delete(f"{MACHINES}/workers/W")
    if draw.random() < 0.3:
        wanted: Values = ({}, {"workers": {"status": {"any_": ["OFFLINE"]}}})
        return post(f"{workers}/filter", draw.choice(wanted))
    beat: Values = (
        *({"name": name}, {"name": name, "heartbeat_interval_seconds": 600}),
        *({}, {"name": name, "heartbeat_interval_seconds": "x"}),
    )
    return post(f"{workers}/heartbeat", draw.choices(beat, (6, 6, 1, 1))[0])


def _started(draw: Random) -> RequestStep:
    """A run in a queue: its deployment's, another of its pool, or one that it names itself."""
    # Of runs that are due at once, either may come first.
    due = draw.choice(DUE).replace(
        "00:00:00", f"00:{draw.randrange(60):02}:{draw.randrange(60):02}"
    )
    details = {"scheduled_time": due}
    state = {"type": "SCHEDULED", "state_details": details}
    body: Body = {"name": "r", "state": state}
    label = draw.choice(RUNS)
    if draw.random() < 0.5:
        body["work_queue_name"] = draw.choice((None, *QUEUES))
        return post("/deployments/<pd.id>/create_flow_run", body).named(label)
    body |= {"flow_id": "<pf.id>", "work_pool_name": draw.choice(POOLS)}
    body["work_queue_name"] = draw.choice((None, *QUEUES))
    return post("/flow_runs/", body).named(label)


def _moved(draw: Random) -> RequestStep:
    state = {"type": draw.choice(STATES)}
    body = {"state": state, "force": draw.choice((False, False, True))}
    return post(f"/flow_runs/<{draw.choice(RUNS)}.id>/set_state", body)


def _polled(draw: Random) -> RequestStep:
    body: Body = {}
    if draw.random() < 0.4:
        body["work_queue_names"] = draw.choices(QUEUES, k=draw.choice((1, 2)))
    if draw.random() < 0.4:
        body["limit"] = draw.choice((0, 1, 2, 201, "x"))
    if draw.random() < 0.3:
        body["scheduled_before"] = draw.choice(DUE)
    return post(f"/work_pools/{draw.choice(POOLS)}/get_scheduled_flow_runs", body)


def _status(draw: Random) -> RequestStep:
    body = draw.choice(({}, {"page": 1, "limit": 1}, {"page": 0}, {"flow_run_limit": 201}))
    return post(f"/work_pools/{draw.choice(POOLS)}/concurrency_status", body)


def _of_old_queue(draw: Random) -> RequestStep:
    queue = f"/work_queues/<{draw.choice(OLD)}.id>"
    bodies: Values = ({}, {"limit": 5}, {"limit": 201}, {"scheduled_before": "x"})
    return post(f"{queue}/{draw.choice(('get_runs', 'concurrency_status'))}", draw.choice(bodies))


KINDS = {
    **OF_POOL.kinds(),
    **{kind: often for noun in OF_QUEUE for kind, often in noun.kinds(0.4).items()},
    **OF_OLD_QUEUE.kinds(0.4),
    _of_old_queue: 1,
    _worker: 6,
    _started: 8,
    _moved: 6,
    _polled: 6,
    _status: 3,
    lambda draw: get(f"/flow_runs/<{draw.choice(RUNS)}.id>"): 2,
}
