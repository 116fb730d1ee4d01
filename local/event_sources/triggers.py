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
class SocketApi:
    """AWS::Serverless::WebSocketApi."""

    stage: str
    selected_by: str  # the member of a message whose value names its route
    routes: Mapping[str, str]  # the function of each route key

    @property
    def path(self) -> str:
        return f"/{self.stage}"


def socket_api(properties: Mapping[str, Any], functions: Mapping[str, str]) -> SocketApi:
    return SocketApi(
        stage=properties["StageName"],
        selected_by=properties["RouteSelectionExpression"].removeprefix(SELECTION),
        routes={
            key: functions[str(route["FunctionArn"]).partition(".")[0]]
            for key, route in properties["Routes"].items()
        },
    )


@dataclass(frozen=True)
class StreamMapping:
    """An event of type DynamoDB: whom the records of the table's stream are handed to, and how."""

    name: str
    operation: str
    starts_latest: bool  # else with the oldest record that there is
    batch_size: int
    window: float  # seconds to gather a batch in
    filters: tuple[Mapping[str, Any], ...]
    bisects: bool
    retries: int | None  # None: without end
    longest_age: float | None  # seconds
    reports_failures: bool

    def wants(self, record: Mapping[str, Any]) -> bool:
        return not self.filters or any(patterns.matches(f, record) for f in self.filters)


class FunctionSchedule(NamedTuple):
    name: str
    operation: str
    every: timedelta


def stream_mappings(resources: Mapping[str, Any]) -> Iterator[StreamMapping]:
    for name, operation, asked in _events(resources, "DynamoDB"):
        retries = asked.get("MaximumRetryAttempts", -1)
        age = asked.get("MaximumRecordAgeInSeconds", -1)
        yield StreamMapping(
            name=name,
            operation=operation,
            starts_latest=asked["StartingPosition"] == "LATEST",
            batch_size=asked.get("BatchSize", 100),
            window=asked.get("MaximumBatchingWindowInSeconds", 0),
            filters=tuple(
                patterns.check(json.loads(declared["Pattern"]))
                for declared in asked.get("FilterCriteria", {}).get("Filters", ())
            ),
            bisects=asked.get("BisectBatchOnFunctionError", False),
            retries=None if retries < 0 else retries,
            longest_age=None if age < 0 else age,
            reports_failures="ReportBatchItemFailures" in asked.get("FunctionResponseTypes", ()),
        )


def schedules(resources: Mapping[str, Any]) -> Iterator[FunctionSchedule]:
    for kind, expression in (
        ("Schedule", "Schedule"),
        ("ScheduleV2", "ScheduleExpression"),
    ):
        for name, operation, asked in _events(resources, kind):
            yield FunctionSchedule(name, operation, _interval(asked[expression]))


def _events(
    resources: Mapping[str, Any], kind: str
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name, the function and the properties of each event of a kind."""
    declared = (
        (f"{logical_id}{name}", Path(resource["Properties"]["CodeUri"]).name, event)
        for logical_id, resource in resources.items()
        for name, event in resource.get("Properties", {}).get("Events", {}).items()
    )
    for name, operation, event in declared:
        if event["Type"] == kind:
            yield name, operation, event["Properties"]


def _interval(expression: str) -> timedelta:
    found = RATE.fullmatch(expression)
    if found is None:
        raise ValueError(expression)
    return timedelta(**{f"{found[2]}s": int(found[1])})
