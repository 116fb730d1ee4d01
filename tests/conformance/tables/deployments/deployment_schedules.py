"""The schedules of a deployment, each by itself, and a deployment that pauses."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    raw,
    some_id,
)
from tests.conformance.tables.deployments.deployments import FLOW, PATH, deployment
from tests.conformance.tables.values import deployment_bodies as bodies

SCHEDULES = f"{PATH}/schedules"
ONE, OTHER = (f"{SCHEDULES}/<{label}.0.id>" for label in "ab")
CRON = {"cron": "0 0 * * *"}
NAMED: dict[str, object] = {"schedule": CRON, "slug": "a"}

# Lists of schedules, and what is none.
LISTS: tuple[object, ...] = (
    *([], {}, None, "x", 5, NAMED, [None], ["x"], [[]], [1, {}], [{}], [NAMED, {}]),
    *([NAMED, NAMED], [NAMED, NAMED | {"slug": "known"}], [{"schedule": CRON}] * 2),
    [NAMED | {"max_scheduled_runs": 7, "parameters": {"p": "x", "none": None}}],
)
CHANGES: tuple[object, ...] = (
    *({}, [], None, "x", 5, {"nope": 1}),
    *({"schedule": timing} for timing in bodies.TIMINGS),
    *({"active": value} for value in (True, False, None, "x", "off")),
    *({"max_scheduled_runs": value} for value in (1, 50, 51, 0, None, "x")),
    *({"parameters": value} for value in bodies.OBJECTS),
    {"parameters": {"none": None, "inner": {"none": None}, "list": [None]}},
    *({"slug": value} for value in ("a", "b", "c", "", None, 5)),
    *({"replaces": value} for value in ("b", "x", 5)),
    {"active": False, "schedule": CRON, "parameters": {"q": 2}, "slug": "z"},
)
# Bounds of runs, and what is none. Times of the past, so that no other loop creates runs there.
PAST = {"start_time": "2026-01-01T00:30:00Z", "end_time": "2026-01-03T00:00:00Z"}
BOUNDS: tuple[object, ...] = (
    *(PAST, PAST | {"min_runs": 1, "min_time": 0}, PAST | {"max_runs": 1}, PAST | {"max_runs": -1}),
    *(PAST | {"min_time": 7200.5}, PAST | {"end_time": "2026-01-01T01:00:00+00:00"}),
    *({"start_time": "x"}, {"min_time": "x"}, {"min_runs": 1.5}, {"max_runs": "x"}, [], "x"),
)
NOBODYS = (some_id(1), "x")
JSON = "application/json"
CONTENTS = (b"", b"[", b"[]", b"{}", b"null", b"\xff")
READ = get(PATH)


def programs() -> Iterator[Program]:
    yield from (_scheduled(number, bounds) for number, bounds in enumerate(BOUNDS))
    yield from (
        _of_a_rule(),
        _of_an_empty_zone(),
        _life(),
        _by_slugs(),
        _strangers(),
        _pauses(),
        _methods(),
    )
    for number, schedule in enumerate(bodies.SCHEDULES):
        yield _added(f"schedules: added {number}", [schedule])
    for number, asked in enumerate(LISTS):
        yield _added(f"schedules: list {number}", asked)
    for number, changes in enumerate(CHANGES):
        yield _with_two(f"schedules: change {number}", patch(ONE, changes))
    for number, content in enumerate(CONTENTS):
        yield _with_two(
            f"schedules: unread {number}",
            *(raw("PATCH", ONE, content, content_type=kind) for kind in ("text/plain", JSON)),
            *(raw("POST", SCHEDULES, content, content_type=kind) for kind in ("text/plain", JSON)),
            raw("POST", f"{PATH}/pause_deployment", content, content_type=JSON),
        )


def _scheduled(number: int, bounds: object) -> Program:
    """Create the same runs twice, of a deployment that is paused, and of one that is not there."""
    timing = {"interval": 3600, "anchor_date": "2020-01-01T00:00:00Z"}
    schedules = [{"schedule": timing, "slug": "a", "parameters": {"p": 1}}]
    schedules += [{"schedule": {"cron": "30 0 * * *", "timezone": "Asia/Tokyo"}}]
    flows = {"flows": {"id": {"any_": ["<flow.id>"]}}}
    first = flows | {"sort": "EXPECTED_START_TIME_ASC", "limit": 1}
    return program(
        f"schedules: scheduled {number}",
        *(FLOW, deployment(schedules=schedules, paused=True)),
        *(post(f"{PATH}/schedule", bounds), post(f"{PATH}/schedule", bounds)),
        *(post(f"/deployments/{one}/schedule", bounds) for one in NOBODYS),
        *(post("/flow_runs/count", flows), post("/flow_runs/filter", first)),
    )


def _of_a_rule() -> Program:
    """By a rule, and then by one whose zone is null, which the number of runs marks."""
    rule = {"rrule": "DTSTART:20240101T000000\nFREQ=DAILY"}
    bounds = (PAST, PAST | {"max_runs": 1}, PAST | {"max_runs": 0}, PAST | {"max_runs": -1})
    made = deployment(schedules=[{"schedule": rule}], paused=True)
    asked = (post(f"{PATH}/schedule", one) for one in bounds)
    of_no_zone = post(SCHEDULES, [{"schedule": rule | {"timezone": None}}])
    failing = post(f"{PATH}/schedule", PAST | {"max_runs": 7777})
    return program("schedules: scheduled by a rule", FLOW, made, *asked, of_no_zone, failing)


def _of_an_empty_zone() -> Program:
    made = deployment(schedules=[{"schedule": {"interval": 60, "timezone": ""}}], paused=True)
    failing = post(f"{PATH}/schedule", PAST | {"max_runs": 7777})
    return program("schedules: scheduled in an empty zone", FLOW, made, failing)


def _added(name: str, asked: object) -> Program:
    known = deployment(schedules=[NAMED | {"slug": "known"}])
    return program(name, FLOW, known, post(SCHEDULES, asked), get(SCHEDULES), READ)


def _with_two(name: str, *steps: RequestStep) -> Program:
    return program(
        name, FLOW, deployment(), _one("a", max_scheduled_runs=5), _one("b"), *steps, READ
    )


def _one(slug: str, **fields: object) -> RequestStep:
    """Add a schedule by itself: the answer, a list of one, tells its id."""
    return post(SCHEDULES, [NAMED | {"slug": slug, "parameters": {"p": 1}} | fields]).named(slug)


def _life() -> Program:
    read = get(SCHEDULES)
    return _with_two(
        "schedules: add, change, delete",
        *(read, patch(ONE, {"active": False}), read, patch(OTHER, {"slug": "c"}), read, READ),
        *(delete(OTHER), read, delete(OTHER), patch(OTHER, {}), patch(ONE, {"active": True})),
        *(_one("b"), read, delete(ONE), delete(OTHER), read, get(f"{SCHEDULES}/")),
        *(patch(PATH, {"tags": ["x"]}), delete(PATH), read, post(SCHEDULES, []), delete(ONE)),
    )


def _by_slugs() -> Program:
    """A number of runs is kept of a schedule that is changed by its slug, not of a new one."""
    asked = ({"slug": "a", "max_scheduled_runs": 9}, NAMED | {"slug": "n", "max_scheduled_runs": 3})
    timing = {"rrule": "DTSTART:20240101T000000\nFREQ=DAILY", "timezone": None}
    return _with_two(
        "schedules: changed by slugs",
        *(step for one in asked for step in (patch(PATH, {"schedules": [one]}), get(SCHEDULES))),
        patch(PATH, {"schedules": [{"slug": "b", "schedule": timing}]}),
        get(SCHEDULES),
        deployment(schedules=[NAMED | {"max_scheduled_runs": 3}]),
    )


def _strangers() -> Program:
    unknown = f"/deployments/{some_id(1)}/schedules"
    paths = (f"{SCHEDULES}/{some_id(2)}", f"{SCHEDULES}/x", f"{unknown}/<a.0.id>")
    elsewhere = ("/deployments/<other.id>/schedules/<a.0.id>", "/deployments/x/schedules/<a.0.id>")
    return _with_two(
        "schedules: of another deployment, or none",
        post("/deployments/", {"name": "D 2", "flow_id": "<flow.id>"}).named("other"),
        *(patch(path, {"active": False}) for path in (*paths, *elsewhere)),
        *(patch(path, {"nope": 1}) for path in (*paths, *elsewhere)),
        *(delete(path) for path in (*paths, *elsewhere)),
        *(step for path in (unknown, "/deployments/x/schedules") for step in _listed(path)),
    )


def _listed(path: str) -> tuple[RequestStep, ...]:
    return (get(path), post(path, [NAMED]), post(path, [{}]), post(path, []))


def _pauses() -> Program:
    pause, resume = (f"{PATH}/{verb}_deployment" for verb in ("pause", "resume"))
    unknown = [path.replace("<deployment.id>", one) for path in (pause, resume) for one in NOBODYS]
    old = (bare("POST", path, x_prefect_api_version="0.1") for path in (pause, resume))
    return _with_two(
        "schedules: paused with their deployment",
        *(step for path in (pause, pause, resume, resume) for step in (bare("POST", path), READ)),
        *old,
        *(bare("POST", path) for path in unknown),
    )


def _methods() -> Program:
    paths = {
        SCHEDULES: ("PUT", "PATCH", "DELETE", "HEAD"),
        ONE: ("GET", "POST", "PUT", "HEAD"),
        f"{PATH}/pause_deployment": ("GET", "PATCH", "DELETE", "HEAD"),
        f"{PATH}/resume_deployment": ("GET", "PUT", "DELETE", "HEAD"),
    }
    asked = (bare(method, path) for path, methods in paths.items() for method in methods)
    return _with_two("schedules: other methods", *asked)
