"""Concurrency limits in both spellings: what they are, and who holds slots of them."""

from collections.abc import Iterator
from dataclasses import replace

from tests.conformance.programs import (
    Program,
    Step,
    apart,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    send,
    some_id,
)
from tests.conformance.tables import samples

TAGS, LIMITS = "/concurrency_limits", "/v2/concurrency_limits"
INCREMENT, DECREMENT = f"{LIMITS}/increment", f"{LIMITS}/decrement"
LEASE, RELEASE = f"{INCREMENT}-with-lease", f"{DECREMENT}-with-lease"

# Rates above these make the reference fail at whatever lists the limit.
RATES: tuple[object, ...] = (0, 0.5, 1, -1, "1.5", "x", "", True, None, [], {})

FIELDS: dict[str, tuple[object, ...]] = {
    "name": samples.TEXTS,
    "limit": samples.INTS,
    "active": samples.BOOLS,
    "active_slots": samples.INTS,
    "denied_slots": samples.INTS,
    "slot_decay_per_second": RATES,
    "avg_slot_occupancy_seconds": (2.0,),
    "id": (some_id(1),),
}
NAMES: tuple[str, ...] = ("a/b", "a%b", "a&b", "a<b", "tag:", "tag:x", "日本語", ".", "%41", "a b")
NO_OBJECTS: tuple[object, ...] = ([], None, "x", 5, True, [1])
PAGES: tuple[object, ...] = (
    *({}, {"limit": 0}, {"limit": 1}, {"limit": 200}, {"limit": 201}, {"limit": -1}),
    *({"limit": "1"}, {"limit": "x"}, {"limit": True}, {"limit": None, "offset": None}),
    *({"offset": 1}, {"offset": 2, "limit": 1}, {"offset": 99}, {"offset": -1}, {"offset": "x"}),
    *({"sort": "NAME_ASC"}, [], "x", 5),
)
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


def limit(name: str = "g", number: int = 2, **fields: object) -> Step:
    return post(f"{LIMITS}/", {"name": name, "limit": number} | fields)


def tagged(tag: object = "t", number: object = 2) -> Step:
    return post(f"{TAGS}/", {"tag": tag, "concurrency_limit": number})


def take(*names: str, slots: int = 1, **fields: object) -> Step:
    return post(INCREMENT, {"names": names, "slots": slots} | fields)


def lease(*names: str, slots: int = 1, **fields: object) -> Step:
    return post(LEASE, {"names": names, "slots": slots} | fields)


def give_back(*names: str, slots: int = 1, **fields: object) -> Step:
    return post(DECREMENT, {"names": names, "slots": slots} | fields)


def of_run(verb: str, *tags: str, run: str = RUN) -> Step:
    return post(f"{TAGS}/{verb}", {"names": tags, "task_run_id": run})


def shown(name: str = "g") -> Step:
    return get(f"{LIMITS}/{name}")


def programs() -> Iterator[Program]:
    for some in (_of_limits, _of_fields, _of_tags, _of_slots, _of_leases, _of_holders, _of_nobody):
        yield from (replace(one, name=f"limits: {one.name}") for one in some())


def _of_limits() -> Iterator[Program]:
    yield program(
        "concurrency limit: create, read, change, delete",
        *(limit(), get(f"{LIMITS}/<s1.id>"), shown(), get(f"{TAGS}/<s1.id>"), limit()),
        *(patch(f"{LIMITS}/g", {"limit": 5}), shown(), patch(f"{LIMITS}/<s1.id>", {}), shown()),
        *(patch(f"{LIMITS}/g", {"name": "n"}), shown(), shown("n"), limit(), shown()),
        *(patch(f"{LIMITS}/g", {"name": "n"}), shown(), patch(f"{LIMITS}/n", {"name": "n"})),
        *(delete(f"{LIMITS}/n"), delete(f"{LIMITS}/n"), delete(f"{LIMITS}/<s1.id>"), shown("n")),
        *(delete(f"{LIMITS}/g"), shown()),
    )
    yield program(
        "concurrency limits: lists",
        *(limit(name) for name in ("b", "a", "é", "B")),
        *(tagged(tag) for tag in ("b", "a")),
        *(post(f"{path}/filter", page) for page in PAGES for path in (TAGS, LIMITS)),
        *(bare("POST", f"{path}/filter") for path in (TAGS, LIMITS)),
    )


def _of_fields() -> Iterator[Program]:
    values = [(name, value) for name, samples_of in FIELDS.items() for value in samples_of]
    for number, (name, value) in enumerate(values):
        body = {"name": "g", "limit": 2, name: value}
        yield program(
            f"concurrency limit, {name} {number}",
            *(post(f"{LIMITS}/", body), get(f"{LIMITS}/<s1.id>")),
        )
        yield program(
            f"change of a concurrency limit, {name} {number}",
            *(limit(), patch(f"{LIMITS}/<s1.id>", {name: value}), get(f"{LIMITS}/<s1.id>")),
        )
    for number, name in enumerate(NAMES):
        path = f"{LIMITS}/{name.replace('%', '%25').replace('/', '%2F')}"
        yield program(f"concurrency limit, spelling {number}", limit(name), get(path))
    bodies = (*NO_OBJECTS, {}, {"name": None, "limit": None}, {"limit": 1}, {"name": "g"})
    yield from apart("concurrency limit, bodies", *(post(f"{LIMITS}/", body) for body in bodies))
    yield from apart(
        "change of a concurrency limit, bodies",
        *(send("PATCH", f"{LIMITS}/nope", body) for body in (*NO_OBJECTS, {}, {"limit": -1})),
    )


def _of_tags() -> Iterator[Program]:
    yield program(
        "limit of a tag: create, read, change, delete",
        *(tagged(), tagged("t", 3), get(f"{TAGS}/<s1.id>"), get(f"{TAGS}/tag/t"), shown("tag:t")),
        *(delete(f"{TAGS}/tag/t"), delete(f"{TAGS}/tag/t"), get(f"{TAGS}/tag/t"), tagged("t", 0)),
        *(delete(f"{TAGS}/<s9.id>"), get(f"{TAGS}/<s9.id>"), delete(f"{TAGS}/<s9.id>")),
        *(limit(), delete(f"{TAGS}/<s13.id>"), shown()),
    )
    values = [*((value, 2) for value in samples.TEXTS), *(("t", value) for value in samples.INTS)]
    for number, (tag, most) in enumerate(values):
        yield program(f"limit of a tag {number}", tagged(tag, most), get(f"{TAGS}/<s1.id>"))
    yield from apart(
        "limit of a tag, bodies",
        *(post(f"{TAGS}/", body) for body in (*NO_OBJECTS, {}, {"tag": "t", "x": 1})),
    )


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
        *(tagged("t", 9), post(f"{TAGS}/tag/t/reset", {"slot_override": [RUN]})),
        *(get(f"{TAGS}/tag/t"), shown("tag:t"), of_run("decrement", "t"), shown("tag:t")),
        *(post(f"{TAGS}/tag/t/reset", body) for body in OVERRIDES),
        *(post(f"{TAGS}/tag/nope/reset", {}), bare("POST", f"{TAGS}/tag/t/reset")),
        *(lease("tag:t", holder=holder), post(f"{TAGS}/tag/t/reset", {}), get(f"{TAGS}/tag/t")),
        *(post(f"{LIMITS}/leases/<s17.lease_id>/renew", {}), shown("tag:t")),
    )
    for verb in ("increment", "decrement"):
        bodies = (*NO_OBJECTS, {}, {"names": "x", "task_run_id": "y"}, {"names": ["t"]})
        yield from apart(f"holders, {verb}", *(post(f"{TAGS}/{verb}", body) for body in bodies))


def _of_nobody() -> Iterator[Program]:
    own = (f"{TAGS}/{some_id(1)}", f"{TAGS}/tag/nope", f"{LIMITS}/{some_id(1)}", f"{LIMITS}/nope")
    odd = (f"{TAGS}/nope", f"{LIMITS}/{some_id(1).upper()}", f"{LIMITS}/%7B{some_id(1)}%7D")
    yield program(
        "concurrency limits that are not there",
        *(bare(method, path) for path in (*own, *odd) for method in ("GET", "DELETE")),
        *(patch(path, {"limit": 1}) for path in own[2:]),
    )
    collections = (f"{TAGS}/", f"{LIMITS}/", f"{TAGS}/filter", f"{TAGS}/increment")
    paths = (*collections, f"{TAGS}/tag/t/reset", f"{LIMITS}/leases/{some_id(1)}/renew", *own[:3])
    yield program(
        "concurrency limits, other methods",
        *(bare(method, path) for path in paths for method in ("PUT", "HEAD")),
        *(bare("GET", path) for path in paths[:-3]),
    )
