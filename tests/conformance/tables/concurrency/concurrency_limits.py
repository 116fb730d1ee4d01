"""Concurrency limits in both spellings."""

from collections.abc import Iterator
from dataclasses import replace

from tests.conformance.programs import (
    Program,
    RequestStep,
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
from tests.conformance.tables.values import samples

TAGS, LIMITS = "/concurrency_limits", "/v2/concurrency_limits"
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


def limit(name: str = "g", number: int = 2, **fields: object) -> RequestStep:
    return post(f"{LIMITS}/", {"name": name, "limit": number} | fields)


def tagged(tag: object = "t", number: object = 2) -> RequestStep:
    return post(f"{TAGS}/", {"tag": tag, "concurrency_limit": number})


def shown(name: str = "g") -> RequestStep:
    return get(f"{LIMITS}/{name}")


def programs() -> Iterator[Program]:
    for some in (_of_limits, _of_fields, _of_tags, _of_nobody):
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
    yield program("limit of a tag, changed below zero", tagged(), tagged("t", -1))
    yield from apart(
        "limit of a tag, bodies",
        *(post(f"{TAGS}/", body) for body in (*NO_OBJECTS, {}, {"tag": "t", "x": 1})),
    )


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
