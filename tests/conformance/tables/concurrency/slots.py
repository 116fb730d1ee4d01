"""Slots of concurrency limits: taken and given back, by name, on a lease and for a task run."""

from collections.abc import Iterator
from dataclasses import replace

from tests.conformance.programs import (
    Program,
    RequestStep,
    apart,
    bare,
    get,
    patch,
    post,
    program,
    some_id,
)
from tests.conformance.tables.concurrency.concurrency_limits import (
    LIMITS,
    NO_OBJECTS,
    TAGS,
    limit,
    shown,
    tagged,
)
from tests.conformance.tables.values import samples

INCREMENT, DECREMENT = f"{LIMITS}/increment", f"{LIMITS}/decrement"
LEASE, RELEASE = f"{INCREMENT}-with-lease", f"{DECREMENT}-with-lease"

HOLDERS: tuple[object, ...] = (
    *({}, [], "x", 5, {"type": "task_run"}, {"id": some_id(1)}, {"type": "x", "id": "y", "z": 1}),
    *({"type": kind, "id": some_id(1)} for kind in ("flow_run", "task_run", "deployment")),
)
WANTED: dict[str, tuple[object, ...]] = {
    "slots": samples.INTS,
    "names": (*samples.TAGS, ["nope"], ["g", "g"], ["g", "nope", "h"], [5], "g"),
    "mode": ("concurrency", "rate_limit", "x", "", None, 5),
    "create_if_missing": (True, None, "x"),
    "unknown": (1,),
}
LEASED: dict[str, tuple[object, ...]] = {
    "lease_duration": (*(60, 59.9, 86400, 86400.1, "60", "x", None, True, [], {}, -1, 0, "nan"),),
    "holder": HOLDERS,
}
RETURNED: dict[str, tuple[object, ...]] = {"occupancy_seconds": (0, 0.1, -1, "1", "x", None, 1e9)}
OVERRIDES: tuple[object, ...] = (*NO_OBJECTS, {"slot_override": "x"}, {"slot_override": ["y"]})
RUN, OTHER_RUN = some_id(21), some_id(22)
RESET = f"{TAGS}/tag/reset"


def take(*names: str, slots: int = 1, **fields: object) -> RequestStep:
    return post(INCREMENT, {"names": names, "slots": slots} | fields)


def lease(*names: str, slots: int = 1, **fields: object) -> RequestStep:
    return post(LEASE, {"names": names, "slots": slots} | fields)


def give_back(*names: str, slots: int = 1, **fields: object) -> RequestStep:
    return post(DECREMENT, {"names": names, "slots": slots} | fields)


def of_run(verb: str, *tags: str, run: str = RUN) -> RequestStep:
    return post(f"{TAGS}/{verb}", {"names": tags, "task_run_id": run})


def programs() -> Iterator[Program]:
    for some in (_of_slots, _of_leases, _of_holders):
        yield from (replace(one, name=f"limits: {one.name}") for one in some())


def _of_slots() -> Iterator[Program]:
    several = (limit("g"), limit("h", 3), limit("off", active=False), limit("zero", 0))
    yield program(
        "slots: taken and given back",
        *several,
        *(take("h", "g", "nope"), shown(), shown("h"), take("g"), take("h", "g"), shown("h")),
        *(take("g", slots=3), take("off", slots=9), shown("off"), take("off", "g"), take("zero")),
        *(give_back("g", "nope"), shown(), give_back("g", "off", slots=9), shown(), shown("off")),
        *(give_back("h", occupancy_seconds=5), shown("h"), give_back("nope")),
    )
    yield program(
        "slots: of rates",
        *(limit("r", slot_decay_per_second=0.001), limit("g"), limit("h")),
        *(take("r", mode="rate_limit"), shown("r"), take("r", "g", "h", mode="rate_limit")),
        *(take("r"), take("r", mode="rate_limit"), shown("r"), give_back("r"), shown("r")),
    )
    for number, (name, value) in enumerate(
        (name, value) for name, values in WANTED.items() for value in values
    ):
        body = {"names": ["g"], "slots": 1, name: value}
        yield program(
            f"slots, {name} {number}",
            *(limit("g", 9), limit("h", 9), post(INCREMENT, body), shown(), post(DECREMENT, body)),
            *(shown(), post(LEASE, body), shown()),
        )
    empty = [post(path, body) for path in (INCREMENT, DECREMENT, LEASE) for body in NO_OBJECTS]
    yield from apart("slots, bodies", *empty)


def _of_leases() -> Iterator[Program]:
    own = f"{LIMITS}/leases/<s3.lease_id>/renew"
    yield program(
        "lease: taken, renewed, given back",
        *(limit("g"), limit("h", 3), lease("h", "g", slots=2, lease_duration=60)),
        *(shown(), shown("h"), lease("g"), lease("h", slots=9), lease("off")),
        *(post(own, body) for body in ({}, {"lease_duration": 60}, {"lease_duration": 59})),
        *(post(own, body) for body in (*NO_OBJECTS, {"lease_duration": None}, {"x": 1})),
        *(bare("POST", own), post(RELEASE, {"lease_id": some_id(1)}), shown()),
        *(post(RELEASE, {"lease_id": "<s3.lease_id>"}), shown(), shown("h")),
        *(post(RELEASE, {"lease_id": "<s3.lease_id>"}), shown(), post(own, {})),
    )
    yield program(
        "lease: of nothing",
        *(lease("nope"), post(f"{LIMITS}/leases/<s1.lease_id>/renew", {})),
        post(RELEASE, {"lease_id": "<s1.lease_id>"}),
    )
    yield program(
        "lease: of what is inactive",
        *(limit("g", active=False), lease("g"), shown()),
        *(post(f"{LIMITS}/leases/<s2.lease_id>/renew", {}), shown()),
    )
    for number, (name, value) in enumerate(
        (name, value) for name, values in LEASED.items() for value in values
    ):
        body = {"names": ["g"], "slots": 1, name: value}
        yield program(f"lease, {name} {number}", limit(), post(LEASE, body), shown())
    for number, value in enumerate(RETURNED["occupancy_seconds"]):
        yield program(f"slots, seconds {number}", limit(), give_back("g", occupancy_seconds=value))
    for number, value in enumerate(samples.IDS):
        yield program(f"lease, id {number}", post(RELEASE, {"lease_id": value}))
    yield from apart("lease, bodies", *(post(RELEASE, body) for body in (*NO_OBJECTS, {})))
    yield from apart(
        "lease, spelling",
        *(post(f"{LIMITS}/leases/{path}/renew", {}) for path in ("x", some_id(1), "%7B%7D", "1")),
    )


def _of_holders() -> Iterator[Program]:
    holder = {"type": "task_run", "id": OTHER_RUN}
    yield program(
        "holders of a tag's limit",
        *(tagged("t", 3), tagged("z", 0), tagged("u", 1), of_run("increment", "t", "u", "nope")),
        *(of_run("increment", "t", "u"), of_run("increment", "z", "t"), get(f"{TAGS}/tag/t")),
        *(lease("tag:t", holder=holder), get(f"{TAGS}/tag/t"), tagged("t", 4)),
        *(lease("tag:t", holder=holder | {"type": "flow_run"}), get(f"{TAGS}/tag/t")),
        *(post(f"{TAGS}/filter", {}), of_run("increment", "u"), of_run("decrement", "t", run="x")),
        *(of_run("decrement", "u", "nope"), get(f"{TAGS}/tag/t"), shown("tag:t"), shown("tag:u")),
        *(of_run("decrement", "t", run=OTHER_RUN), get(f"{TAGS}/tag/t"), shown("tag:t")),
        *(of_run("decrement", "t"), of_run("decrement", "nope"), shown("tag:t")),
    )
    yield program(
        "holders of an inactive tag's limit",
        *(tagged("t", 0), patch(f"{LIMITS}/tag:t", {"active": False}), of_run("increment", "t")),
        *(patch(f"{LIMITS}/tag:t", {"limit": 1}), of_run("increment", "t"), shown("tag:t")),
    )
    yield program(
        "holders of a tag's limit are reset",
        *(tagged("reset", 9), post(f"{RESET}/reset", {"slot_override": [RUN]}), get(RESET)),
        *(shown("tag:reset"), of_run("decrement", "reset"), shown("tag:reset")),
        *(post(f"{RESET}/reset", body) for body in OVERRIDES),
        *(post(f"{TAGS}/tag/nope/reset", {}), bare("POST", f"{RESET}/reset")),
        *(lease("tag:reset", holder=holder).named("held"), post(f"{RESET}/reset", {}), get(RESET)),
        *(post(f"{LIMITS}/leases/<held.lease_id>/renew", {}), shown("tag:reset")),
    )
    yield program(
        "holders of a tag that is named twice",
        *(tagged(), of_run("increment", "t", "t")),
    )
    for verb in ("increment", "decrement"):
        bodies = (*NO_OBJECTS, {}, {"names": "x", "task_run_id": "y"}, {"names": ["t"]})
        yield from apart(f"holders, {verb}", *(post(f"{TAGS}/{verb}", body) for body in bodies))
