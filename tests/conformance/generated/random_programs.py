"""Programs drawn at random, the same ones for the same seed."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from tests.conformance.programs import (
    Program,
    RequestStep,
    delete,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.values import fields
from tests.conformance.tables.values.criteria import (
    DEPLOYMENTS,
    FLOW_RUNS,
    FLOWS,
    SORTS,
    TASK_RUNS,
    Criteria,
)
from tests.conformance.tables.values.states import DETAILED, TYPES

# Labels and names are those that the criteria ask for.
FLOW_LABELS = {"fa": "Flow_A", "fb": "flow b_", "fc": "ÄÖ"}
RUN_LABELS = tuple(f"r{number}" for number in range(1, 8))
NAMES = (
    "Alpha",
    "alpha",
    "alpha2",
    "be_ta",
    "beXta%",
    "ÄÖ x",
    "back\\slash",
    "10",
    "9",
    "zz 9",
    " ",
)
TAGS = ("a", "b", "B", "a b", 'a"b', "é", "")
# A cancelled flow run takes its task runs along. On the reference a service does that, and the one
# that is compared runs none.
TYPES_OF_FLOW_RUNS = tuple(kind for kind in TYPES if kind not in {"CANCELLING", "CANCELLED"})
# The first of each counts.
REPEATED = {
    "x-prefect-api-version": ("0.8.4", "0.1.0", "abc", ""),
    "content-type": ("application/json", "text/plain", "application/x+json"),
}
NAME = "random"
# Bytes of a text: within an item, and more than an item takes of a document or at all.
SIZES = (2_000, 50_000, 450_000)
LARGE = 0.04
HOW_MANY_IDS = 24
INVALID = 0.06
STEPS = 60
OBJECTS = {
    "task_runs": TASK_RUNS,
    "flow_runs": FLOW_RUNS,
    "flows": FLOWS,
    "deployments": DEPLOYMENTS,
}
# A criterion on flow runs or flows hides most of the data, on deployments all of it.
OBJECT_CHANCES = {"task_runs": 0.85, "flow_runs": 0.25, "flows": 0.15, "deployments": 0.03}


def programs(seed: int, how_many: int) -> Iterator[Program]:
    for number in range(how_many):
        draw = Random(f"{seed} {number}")  # noqa: S311 the same programs again, not secrets
        yield program(f"{NAME} {number} (seed {seed})", *_steps(draw))


def _steps(draw: Random) -> Iterator[RequestStep]:
    for label in FLOW_LABELS:
        yield a_flow(draw, label)
    for label in RUN_LABELS[:3]:
        yield a_flow_run(draw, label)
    kinds = list(KINDS)
    for _ in range(STEPS):
        kind = draw.choices(kinds, [KINDS[kind] for kind in kinds])[0]
        yield kind(draw, "")


def a_flow(draw: Random, label: str) -> RequestStep:
    label = label or draw.choice(list(FLOW_LABELS))
    body = {"name": FLOW_LABELS[label], "tags": _tags(draw), "labels": _labels(draw)}
    return post("/flows/", body).named(label)


def a_flow_run(draw: Random, label: str) -> RequestStep:
    body: dict[str, object] = {
        "flow_id": f"<{draw.choice(list(FLOW_LABELS))}.id>",
        "name": draw.choice(NAMES),
        "tags": _tags(draw),
        "labels": _labels(draw),
    }
    sometimes(draw, body, state={"type": draw.choice(TYPES_OF_FLOW_RUNS)})
    sometimes(draw, body, idempotency_key=draw.choice(("k1", "k2", "K2")))
    sometimes(draw, body, parent_task_run_id=some_id(draw.randrange(HOW_MANY_IDS)))
    sometimes(draw, body, deployment_id=some_id(900))
    sometimes(draw, body, flow_version="v1")
    sometimes(draw, body, parameters={"text": large(draw)}, random_fraction=LARGE)
    return post("/flow_runs/", body).named(label or draw.choice(RUN_LABELS))


def a_task_run(draw: Random, _: str, invalid: float = INVALID) -> RequestStep:
    number = draw.randrange(HOW_MANY_IDS)
    body: dict[str, object] = {
        "id": some_id(number),
        "task_key": draw.choice(("t", "T", "u")),
        "dynamic_key": str(draw.randrange(6)),
        "name": draw.choice(NAMES),
        "tags": _tags(draw),
    }
    sometimes(draw, body, flow_run_id=f"<{draw.choice(RUN_LABELS)}.id>", random_fraction=0.6)
    sometimes(draw, body, labels=_labels(draw))
    sometimes(draw, body, state=_state(draw, invalid), random_fraction=0.7)
    sometimes(
        draw, body, empirical_policy=draw.choice(fields.POLICIES), random_fraction=1.5 * invalid
    )
    sometimes(draw, body, task_inputs=draw.choice(fields.INPUTS), random_fraction=invalid)
    inputs = {"x": [{"input_type": "parameter", "name": large(draw)}]}
    sometimes(draw, body, task_inputs=inputs, random_fraction=LARGE)
    field = draw.choice(list(fields.FIELDS))
    sometimes(draw, body, random_fraction=invalid, **{field: draw.choice(fields.FIELDS[field])})
    # An id or name of the server's own would sort otherwise on each side.
    body["id"], body["name"] = body["id"] or some_id(number), body["name"] or "Alpha"
    return post("/task_runs/", body).named(f"t{number}")


def _state(draw: Random, invalid: float) -> object:
    if draw.random() < invalid:
        return draw.choice(DETAILED)
    state: dict[str, object] = {"type": draw.choice(TYPES)}
    sometimes(draw, state, name=draw.choice(("Boom", "Cached", "Odd", "")), random_fraction=0.2)
    time = draw.choice(
        ("2030-06-01T00:00:00Z", "2030-06-01T02:00:00+02:00", "2020-01-01", "2029-06-01")
    )
    sometimes(draw, state, state_details={"scheduled_time": time}, random_fraction=0.4)
    sometimes(draw, state, data={"type": "unpersisted"}, random_fraction=0.05)
    sometimes(draw, state, message=large(draw), random_fraction=LARGE)
    return state


def large(draw: Random) -> str:
    """Draw a text that does not compress well, some of it in letters of three bytes."""
    size = draw.choice(SIZES)
    return draw.choice(("", "数据")) * (size // 12) + draw.randbytes(size // 4).hex()


def _tags(draw: Random) -> list[str]:
    return draw.choices(TAGS, k=draw.choice((0, 0, 1, 2, 3)))


def _labels(draw: Random) -> dict[str, object]:
    keys = draw.choices(
        ("a", "b", "prefect.flow.id", "prefect.flow-run.id"), k=draw.choice((0, 1, 2))
    )
    return {key: draw.choice(("x", 1, 1.0, True)) for key in keys}


def sometimes(
    draw: Random, body: dict[str, object], *, random_fraction: float = 0.3, **fields: object
) -> None:
    """Add each of the fields, or not."""
    body.update({key: value for key, value in fields.items() if draw.random() < random_fraction})


def _some_run(draw: Random) -> str:
    return f"/task_runs/{some_id(draw.randrange(HOW_MANY_IDS))}"


def _rename(draw: Random, _: str) -> RequestStep:
    return patch(_some_run(draw), draw.choice(({}, {"name": draw.choice(NAMES)})))


def criteria(draw: Random) -> dict[str, object]:
    """Criteria for any query, in the objects that it takes."""
    body: dict[str, object] = {}
    for name, known in OBJECTS.items():
        sometimes(
            draw, body, random_fraction=OBJECT_CHANCES[name], **{name: an_object(draw, known)}
        )
    return body


def _filter(draw: Random, _: str) -> RequestStep:
    body = criteria(draw)
    sometimes(draw, body, sort=draw.choice(SORTS), random_fraction=0.7)
    sometimes(draw, body, limit=draw.choice((0, 1, 2, 5, 200)), random_fraction=0.4)
    sometimes(draw, body, offset=draw.choice((0, 1, 3, 10)), random_fraction=0.3)
    return post("/task_runs/filter", body)


def an_object(draw: Random, known: Mapping[str, Criteria]) -> dict[str, object]:
    chosen = draw.sample(list(known), k=min(draw.choice((0, 1, 1, 2, 3)), len(known)))
    found: dict[str, object] = {field: draw.choice(known[field]) for field in chosen}
    sometimes(draw, found, operator=draw.choice(("and_", "or_", "or_")), random_fraction=0.5)
    return found


def _repeated(draw: Random, _: str) -> RequestStep:
    """A request with a header that is sent several times."""
    asked = draw.choice((post("/task_runs/filter", {"limit": 0}), post("/flows/count", {})))
    name, values = draw.choice(list(REPEATED.items()))
    return asked.repeating(name, *draw.choices(values, k=draw.choice((2, 3))))


def _long_key(draw: Random, _: str) -> RequestStep:
    """Something that is not there, by a key that may be longer than one of DynamoDB's."""
    key = draw.choice(("k", "%C3%A9", "%E6%BC%A2")) * draw.choice((300, 341, 512, 1017, 2049))
    run = f"/flow_runs/<{draw.choice(RUN_LABELS[:3])}.id>"
    read = (f"/flows/name/{key}", f"/deployments/name/{key}/{key}", f"{run}/input/{key}")
    return draw.choice((*map(get, read), delete(f"{run}/input/{key}")))


KINDS: dict[Callable[[Random, str], RequestStep], float] = {
    a_task_run: 14,
    _filter: 14,
    a_flow_run: 4,
    a_flow: 1,
    _rename: 3,
    _repeated: 0.5,
    _long_key: 0.5,
    lambda draw, _: get(_some_run(draw)): 4,
    lambda draw, _: delete(_some_run(draw)): 2,
    lambda draw, _: get(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>"): 3,
    lambda draw, _: delete(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>"): 1,
    lambda draw, _: get(f"/flows/<{draw.choice(list(FLOW_LABELS))}.id>"): 1,
    lambda draw, _: delete(f"/flows/<{draw.choice(list(FLOW_LABELS))}.id>"): 0.3,
}
