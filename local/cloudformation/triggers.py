"""The template's other triggers of functions: WebSocket API, streams and schedules."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from local.event_sources import patterns

SELECTION = "$request.body."
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@dataclass(frozen=True)
class WebSocketApiDefinition:
    """AWS::Serverless::WebSocketApi."""

    stage: str
    route_selector: str  # the member of a message that has its route key
    routes: Mapping[str, str]  # the function of each route key

    @property
    def path(self) -> str:
        return f"/{self.stage}"


def websocket_api(
    properties: Mapping[str, Any], functions: Mapping[str, str]
) -> WebSocketApiDefinition:
    return WebSocketApiDefinition(
        stage=properties["StageName"],
        route_selector=properties["RouteSelectionExpression"].removeprefix(SELECTION),
        routes={
            key: functions[str(route["FunctionArn"]).partition(".")[0]]
            for key, route in properties["Routes"].items()
        },
    )


@dataclass(frozen=True)
class StreamMapping:
    """An event of type DynamoDB: the event source mapping from the table's stream to a function."""

    name: str
    operation: str
    starts_latest: bool  # else at the oldest record
    batch_size: int
    window: float  # seconds to gather a batch
    filters: tuple[Mapping[str, Any], ...]
    bisects: bool
    retries: int | None  # None: no limit
    max_record_age: float | None  # seconds; None: no limit
    reports_failures: bool

    def matches(self, record: Mapping[str, Any]) -> bool:
        return not self.filters or any(patterns.matches(f, record) for f in self.filters)


class FunctionSchedule(NamedTuple):
    name: str
    operation: str
    every: timedelta


def stream_mappings(resources: Mapping[str, Any]) -> Iterator[StreamMapping]:
    for name, operation, properties in _events(resources, "DynamoDB"):
        retries = properties.get("MaximumRetryAttempts", -1)
        age = properties.get("MaximumRecordAgeInSeconds", -1)
        yield StreamMapping(
            name=name,
            operation=operation,
            starts_latest=properties["StartingPosition"] == "LATEST",
            batch_size=properties.get("BatchSize", 100),
            window=properties.get("MaximumBatchingWindowInSeconds", 0),
            filters=tuple(
                patterns.check(json.loads(declared["Pattern"]))
                for declared in properties.get("FilterCriteria", {}).get("Filters", ())
            ),
            bisects=properties.get("BisectBatchOnFunctionError", False),
            retries=None if retries < 0 else retries,
            max_record_age=None if age < 0 else age,
            reports_failures="ReportBatchItemFailures"
            in properties.get("FunctionResponseTypes", ()),
        )


def schedules(resources: Mapping[str, Any]) -> Iterator[FunctionSchedule]:
    for event_type, rate in (
        ("Schedule", "Schedule"),
        ("ScheduleV2", "ScheduleExpression"),
    ):
        for name, operation, properties in _events(resources, event_type):
            yield FunctionSchedule(name, operation, _interval(properties[rate]))


def _events(
    resources: Mapping[str, Any], event_type: str
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name, the function and the properties of each event of a type."""
    declared = (
        (f"{logical_id}{name}", Path(resource["Properties"]["CodeUri"]).name, event)
        for logical_id, resource in resources.items()
        for name, event in resource.get("Properties", {}).get("Events", {}).items()
    )
    for name, operation, event in declared:
        if event["Type"] == event_type:
            yield name, operation, event["Properties"]


def _interval(expression: str) -> timedelta:
    found = RATE.fullmatch(expression)
    if found is None:
        raise ValueError(expression)
    return timedelta(**{f"{found[2]}s": int(found[1])})
