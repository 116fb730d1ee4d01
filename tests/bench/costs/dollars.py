"""Dollars for lives of task runs, from what their steps take."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import yaml

from local.cloudformation import intrinsics
from local.cloudformation.template import REPOSITORY
from tests.bench.costs import prices
from tests.bench.costs.lives import REST, WEBSOCKET, Costs, StepCost
from tests.support.databases import TEMPLATE

# Assumed for each call of DynamoDB, beside the processor's time; dynoxide takes less.
MILLISECONDS_OF_A_CALL = 5.0
# A function's line, its metric and Lambda's own lines, for each call.
LOGGED_BYTES = 1_200
METRICS = 3
FUNCTIONS_A_MINUTE = len(TEMPLATE.schedules)
# X-Ray records one request a second, and a twentieth of the others.
TRACED_A_SECOND, TRACED_SHARE = 1.0, 0.05
# Messages to a task worker that a background run takes: the run itself.
PUSHED = {"create and hand out": 1}

Bill = Mapping[str, float]


def of_a_run(costs: Costs) -> Bill:
    """Return the dollars of a run, without traces and storage."""
    return sum((Counter(of_a_step(name, cost)) for name, cost in costs.items()), Counter())


def a_month(costs: Costs, runs: int, stored: float) -> float:
    """Return the dollars of a month with so many runs, each of which leaves so many bytes.

    They are kept for the whole month, in the table and its recovery.
    """
    requests = runs * sum(cost.functions for cost in costs.values())
    kept = runs * stored / prices.GIGABYTE
    storage = kept * (prices.GIGABYTE_MONTH + prices.RECOVERY_GIGABYTE_MONTH)
    return idle() + runs * sum(of_a_run(costs).values()) + traces(requests) + storage


def idle() -> float:
    """Return the dollars of a month without requests: two functions a minute, each with a query.

    Their traces and metrics are in, and the key of blocks.
    """
    milliseconds = 2 * MILLISECONDS_OF_A_CALL
    call = _lambda(1, milliseconds) + prices.READ_UNIT + _logs(1) + prices.TRACE
    monthly = METRICS * prices.METRIC_MONTH + prices.SECRET_MONTH
    return prices.MINUTES_A_MONTH * FUNCTIONS_A_MINUTE * call + monthly


def crossing(costs: Costs, stored: float, always_on: float) -> float:
    """Return the number of runs a month from which a server that is always on is cheaper."""
    low, high = 0, 10**9
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if a_month(costs, middle, stored) < always_on else (low, middle)
    return high


def of_a_step(name: str, cost: StepCost) -> Bill:
    """Return the dollars of a step, without traces."""
    milliseconds = cost.milliseconds + MILLISECONDS_OF_A_CALL * cost.calls
    return {
        "REST requests": prices.REST_REQUEST * (cost.way == REST),
        "WebSocket messages": prices.WEBSOCKET_MESSAGE
        * ((cost.way == WEBSOCKET) + PUSHED.get(name, 0)),
        "Lambda": _lambda(cost.functions, milliseconds),
        "logs": _logs(cost.functions),
        "write units": prices.WRITE_UNIT * cost.write_units,
        "read units": prices.READ_UNIT * cost.read_units,
    }


def _lambda(calls: float, milliseconds: float) -> float:
    seconds = milliseconds / 1000
    return calls * prices.LAMBDA_REQUEST + seconds * gigabytes() * prices.LAMBDA_GIGABYTE_SECOND


def _logs(calls: float) -> float:
    return calls * LOGGED_BYTES / prices.GIGABYTE * prices.LOG_GIGABYTE


def traces(requests: float) -> float:
    """Return the dollars for the traces of so many requests a month."""
    first = min(requests, TRACED_A_SECOND * prices.SECONDS_A_MONTH)
    return prices.TRACE * (first + TRACED_SHARE * (requests - first))


@cache
def gigabytes() -> float:
    """Return the memory of a function, as the template has it for all."""
    document = yaml.load((REPOSITORY / "template.yaml").read_text("utf-8"), intrinsics.Loader)  # noqa: S506 a SafeLoader
    return float(document["Globals"]["Function"]["MemorySize"]) / 1024
