"""States, and requests that propose them."""

from tests.conformance.programs import RequestStep, get, post, some_id

PAST, FUTURE = "2020-01-01T00:00:00Z", "2040-01-01T00:00:00+02:00"
RUN = some_id(1)
OWN = ("name", "message", "data")
Body = dict[str, object]


def state(kind: str, **given: object) -> Body:
    """Return a state: values without a key of its own are its details."""
    own = {key: value for key, value in given.items() if key in OWN}
    details = {key: value for key, value in given.items() if key not in OWN}
    return {"type": kind, **own, **({"state_details": details} if details else {})}


def deferred(kind: str, **given: object) -> Body:
    return state(kind, deferred=True, **given)


def forced(proposed: object) -> Body:
    return {"state": proposed, "force": True}


def created(first: object = None, run: str = RUN, /, **fields: object) -> RequestStep:
    """A run with an id that the client chose: the reference may fail to tell it."""
    named = {"id": run, "task_key": "t", "dynamic_key": run[-4:], "name": "T 1"}
    return post("/task_runs/", {**named, "state": first, **fields})


def proposed(asked: Body, *, run: str = RUN) -> RequestStep:
    """A state, or a whole body that has one."""
    return post(f"/task_runs/{run}/set_state", _body(asked))


def proposed_for_flow_run(asked: Body, *, run: str = "run") -> RequestStep:
    """The flow run is one that a step with this label created."""
    return post(f"/flow_runs/<{run}.id>/set_state", _body(asked))


def _body(asked: Body) -> Body:
    return asked if "state" in asked else {"state": asked}


def reads(run: str = RUN) -> tuple[RequestStep, ...]:
    return get(f"/task_runs/{run}"), get(f"/task_run_states/?task_run_id={run}")
