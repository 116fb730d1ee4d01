"""POST /events/count-by/{countable}: the spans of a time, names and resources."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from tests.conformance.programs import Json, Program, bare, post, program

OF_COUNTS = UUID("0bad5eed-0000-4000-8000-00000000c0c0")
HOUR = timedelta(hours=1)
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - 5 * HOUR
Happened = tuple[float, str, str, dict[str, str]]
# Minutes after the start, the event, the resource and its labels.
HAPPENED: tuple[Happened, ...] = (
    (0, "counted.b", "counted.1", {}),
    (1, "counted.a", "counted.1", {"prefect.name": "old"}),
    (59.999, "counted.b", "counted.2", {"prefect.name": "other", "prefect.resource.name": "name"}),
    (60, "counted.c", "counted.1", {"prefect.name": "new"}),
    (200, "counted.a", "counted.3", {"x": "y"}),
)


def programs() -> Iterator[Program]:
    yield program(
        "events counted",
        post("/events", [_event(number, it) for number, it in enumerate(HAPPENED)]),
        *(
            post(f"/events/count-by/{countable}", {"filter": _wanted(*hours), **units})
            for countable in ("time", "day", "event", "resource")
            for hours in ((0, 4), (0.5, 3.5), (2, 2), (3, 1))
            for units in UNITS[: 4 if countable == "time" else 1]
        ),
        post("/events/count-by/event", {"filter": _wanted(-24 * 7, 10**6)}),
        post("/events/count-by/time", {"filter": NOT_YET_OVER}),
        *(post("/events/count-by/time", body) for body in BODIES),
        post("/events/count-by/x", {"filter": {}}),
        *(bare(method, "/events/count-by/time") for method in ("GET", "DELETE")),
        reports=True,
    )


def _event(number: int, happened: Happened) -> Json:
    minutes, name, resource, labels = happened
    return {
        "id": str(uuid5(OF_COUNTS, str(number))),
        "occurred": (START + timedelta(minutes=minutes)).isoformat(),
        "event": name,
        "resource": {"prefect.resource.id": resource, **labels},
    }


def _wanted(since: float, until: float) -> Json:
    times = {"since": START + since * HOUR, "until": START + until * HOUR}
    occurred: Json = {name: time.isoformat() for name, time in times.items()}
    return {"event": {"prefix": ["counted."]}, "occurred": occurred}


NOT_YET_OVER: Json = {
    "event": {"prefix": ["counted."]},
    "occurred": {"since": START.isoformat()},
}
UNITS: tuple[dict[str, Json], ...] = (
    {},
    {"time_unit": "hour"},
    {"time_unit": "minute", "time_interval": 20},
    {"time_unit": "week", "time_interval": 0.01},
)
BODIES: tuple[object, ...] = (
    *({}, [], None, {"filter": None}, {"filter": "x"}, {"filter": {"x": 1}}),
    {"filter": {}, "time_unit": "minute"},
    *({"filter": {}, "time_interval": interval} for interval in (0, 0.009, "x", 0.01, -1)),
    {"filter": {}, "time_unit": "x"},
)
