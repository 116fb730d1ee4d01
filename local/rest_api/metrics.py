"""`GET /api/metrics`: what the local server answered, and its runs, in Prometheus' text format."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from local.functions import Functions
from local.rest_api.answers import Answer
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse

STATE_TYPES = (
    *("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"),
    *("COMPLETED", "FAILED", "CRASHED", "CANCELLED"),
)
KINDS = ("task_runs", "flow_runs")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class CountRefused(Exception):  # noqa: N818 an answer, not an error
    """The API does not let the caller count runs; the caller gets its answer."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__(response.status)


class Metrics:
    """Answers by a gateway and measures that; answers requests for the metrics itself.

    The runs are counted by requests with the caller's credentials, so whoever may not read them
    gets no metrics.
    """

    def __init__(self, answer: Answer, functions: Functions, stage: str) -> None:
        self._answer, self._functions, self._stage = answer, functions, stage
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "runledger_request_duration_seconds",
            "Seconds of a request, by operation and status",
            ["operation", "status"],
            buckets=SECONDS,
            registry=self._registry,
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.raw_path == f"/{self._stage}/metrics":
            return self._metrics(request)
        started = time.perf_counter()
        response = self._answer(request)
        labels = self._seconds.labels(response.operation or "none", str(response.status))
        labels.observe(time.perf_counter() - started)
        return response

    def _metrics(self, request: HttpRequest) -> HttpResponse:
        now = CollectorRegistry()
        try:
            now.register(_Collected([*self._of_runs(request), self._calls()]))
        except CountRefused as refused:
            return refused.response
        text = generate_latest(self._registry) + generate_latest(now)
        return HttpResponse(HTTPStatus.OK, [("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)], text)

    def _of_runs(self, request: HttpRequest) -> Iterator[Metric]:
        for kind in KINDS:
            name = kind.replace("_", " ")
            gauge = GaugeMetricFamily(
                f"runledger_{kind}", f"Number of {name} by type of state", labels=["state_type"]
            )
            for state_type in STATE_TYPES:
                wanted = {kind: {"state": {"type": {"any_": [state_type]}}}}
                gauge.add_metric([state_type], float(self._ask(request, f"{kind}/count", wanted)))
            yield gauge
        yield GaugeMetricFamily(
            "runledger_oldest_waiting_task_run_seconds",
            "Seconds for which the oldest task run in SCHEDULED is due",
            value=self._seconds_due(request),
        )

    def _seconds_due(self, request: HttpRequest) -> float:
        wanted = {
            "task_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 1,
        }
        times = [
            run["expected_start_time"] for run in self._ask(request, "task_runs/filter", wanted)
        ]
        due = datetime.fromisoformat(times[0]) if times and times[0] else None
        return max(0.0, (datetime.now(UTC) - due).total_seconds()) if due else 0.0

    def _calls(self) -> Metric:
        calls = CounterMetricFamily(
            "runledger_function_calls", "Calls of functions, by operation", labels=["operation"]
        )
        for operation, number in sorted(self._functions.calls.items()):
            calls.add_metric([operation], number)
        return calls

    def _ask(self, request: HttpRequest, path: str, body: object) -> Any:  # noqa: ANN401 JSON
        content = json.dumps(body).encode()
        asked = HttpRequest("POST", f"/{self._stage}/{path}", "", request.headers, content)
        response = self._answer(asked)
        if response.status != HTTPStatus.OK:
            raise CountRefused(response)
        return json.loads(response.body)


class _Collected:
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics
