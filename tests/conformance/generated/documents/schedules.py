"""Schedules of deployments, and requests that change much at once, as random programs send them."""

from collections.abc import Mapping
from random import Random

from tests.conformance.generated.documents.nouns import NO_OBJECTS, Body, Values
from tests.conformance.generated.random_programs import sometimes
from tests.conformance.programs import RequestStep, bare, delete, get, patch, post, some_id
from tests.conformance.tables.deployments.deployment_schedules import BOUNDS, PAST
from tests.conformance.tables.values import deployment_bodies as bodies

LABELS = ("sd1", "sd2")
DEPLOYMENTS = tuple(f"/deployments/<{label}.id>" for label in LABELS)
OF_SCHEDULES = ("sa", "sb", "sc")
SLUGS = ("a", "b", "c")
TIMINGS: tuple[Mapping[str, object], ...] = (
    *({"interval": 3600}, {"interval": "PT1H", "timezone": "Europe/Rome"}, {"cron": "0 0 * * *"}),
    *({"cron": "@daily", "day_or": False}, {"rrule": "FREQ=WEEKLY;COUNT=2"}),
    {"interval": 86400, "anchor_date": "2030-01-02T03:04:05+02:00"},
)
# Rules whose zone is null, and zones that are empty, let the reference fail wherever it looks for
# their times.
FAILING = ("rrule", "'timezone': ''")
SCHEDULES = tuple(one for one in bodies.SCHEDULES if not any(it in str(one) for it in FAILING))
NAMES = ("one", "two", "Three", "t_4")
STATES = ("PENDING", "RUNNING", "COMPLETED", "FAILED")
RUNS = ("br1", "br2", "br3")


def setup() -> tuple[RequestStep, ...]:
    """Return two deployments of a flow, of which one has two schedules."""
    schedule = {"schedule": {"cron": "0 0 * * *"}}
    known: Values = ([schedule | {"slug": "a"}], [])
    return (
        post("/flows/", {"name": "Scheduled"}).named("sf"),
        *(
            post("/deployments/", {"name": label, "flow_id": "<sf.id>", "schedules": some}).named(
                label
            )
            for label, some in zip(LABELS, known, strict=True)
        ),
        *(post(f"{path}/schedules", [schedule]).named("sa") for path in DEPLOYMENTS[:1]),
    )


def _schedule(draw: Random) -> Body:
    """A schedule without a slug, or with one of few, so that some are taken."""
    if draw.random() < 0.15:
        return dict(draw.choice(SCHEDULES))
    body: Body = {"schedule": draw.choice(TIMINGS)}
    sometimes(draw, body, slug=draw.choice(SLUGS), active=draw.choice((True, False)))
    sometimes(draw, body, max_scheduled_runs=draw.choice((1, 5, 50, None)))
    sometimes(draw, body, parameters=draw.choice(({}, {"p": 1}, {"q": [None]})))
    return body


def _added(draw: Random) -> RequestStep:
    """One by one: those that are added together share a time, and stand in any order."""
    asked: object = draw.choice(NO_OBJECTS) if draw.random() < 0.06 else [_schedule(draw)]
    path = f"{draw.choice(DEPLOYMENTS)}/schedules"
    return post(path, asked).named(draw.choice(OF_SCHEDULES))


def _changed(draw: Random) -> RequestStep:
    return patch(_some_schedule(draw), _change(draw))


def _change(draw: Random) -> object:
    if draw.random() < 0.1:
        return draw.choice((*NO_OBJECTS, {"nope": 1}, {"active": "x"}, {"schedule": {}}))
    body = _schedule(draw)
    for name in draw.sample(sorted(body), k=draw.randrange(len(body) + 1)):
        del body[name]
    return body


def _by_slug(draw: Random) -> RequestStep:
    """A deployment that is changed with all of its schedules: none, or one by its slug."""
    schedule = _schedule(draw) | {"slug": draw.choice(SLUGS)}
    asked = {"schedules": draw.choice(([], [schedule], [schedule], [schedule]))}
    return patch(draw.choice(DEPLOYMENTS), asked)


def _some_schedule(draw: Random) -> str:
    identity = draw.choice((*(f"<{label}.0.id>" for label in OF_SCHEDULES), some_id(3)))
    return f"{draw.choice(DEPLOYMENTS)}/schedules/{identity}"


def _paused(draw: Random) -> RequestStep:
    return bare("POST", f"{draw.choice(DEPLOYMENTS)}/{draw.choice(('pause', 'resume'))}_deployment")


def _filled(draw: Random) -> RequestStep:
    """Runs of the past: those to come are created by nobody's request on the reference."""
    bounds = draw.choice((PAST, PAST | {"max_runs": 2}, *BOUNDS))
    return post(f"{draw.choice(DEPLOYMENTS)}/schedule", bounds)


def _run(draw: Random) -> RequestStep:
    body = {"name": draw.choice(NAMES), "flow_id": "<sf.id>", "tags": [draw.choice("xy")]}
    return post("/flow_runs/", body).named(draw.choice(RUNS))


def _runs(draw: Random) -> RequestStep:
    """One or several runs at once, of which some are refused."""
    one = ({"name": "one"}, {"name": "two", "tags": ["x"]}, {"parameters": 5}, {"extra": 1})
    asked = draw.choices(one, (8, 8, 1, 1), k=draw.choice((0, 1, 2, 3)))
    return post(f"{DEPLOYMENTS[1]}/create_flow_run/bulk", asked)


def _chosen(draw: Random) -> Body:
    """Criteria for the named runs, without those that schedules have created."""
    names = draw.sample(NAMES, k=draw.choice((1, 2)))
    chosen: Body = {"name": {"any_": names}}
    sometimes(draw, chosen, tags={"all_": [draw.choice("xy")]})
    sometimes(draw, chosen, state={"type": {"any_": draw.sample(STATES, k=2)}})
    return {"flow_runs": chosen}


def _many_deleted(draw: Random) -> RequestStep:
    return post("/flow_runs/bulk_delete", _chosen(draw))


def _many_moved(draw: Random) -> RequestStep:
    state: Values = (*({"type": kind} for kind in STATES), {"type": "X"}, None)
    body = _chosen(draw) | {"state": draw.choices(state, (9, 9, 9, 9, 1, 1))[0]}
    return post("/flow_runs/bulk_set_state", body)


def _many_gone(draw: Random) -> RequestStep:
    """Flows and deployments of their own, which few programs have had made."""
    noun = draw.choice(("flows", "deployments"))
    if draw.random() < 0.5:
        made = {"name": "extra"} | ({"flow_id": "<sf.id>"} if noun == "deployments" else {})
        return post(f"/{noun}/", made)
    return post(f"/{noun}/bulk_delete", {noun: {"name": {"any_": ["extra", "zz"]}}})


KINDS = {
    _added: 8,
    _changed: 8,
    _by_slug: 5,
    _filled: 3,
    _run: 5,
    _runs: 3,
    _many_moved: 5,
    _many_deleted: 3,
    _many_gone: 3,
    _paused: 3,
    lambda draw: get(f"{draw.choice(DEPLOYMENTS)}/schedules"): 5,
    lambda draw: get(draw.choice(DEPLOYMENTS)): 3,
    lambda draw: delete(_some_schedule(draw)): 3,
    lambda draw: get(f"/flow_runs/<{draw.choice(RUNS)}.id>"): 3,
    lambda draw: post("/flow_runs/count", _chosen(draw)): 3,
}
