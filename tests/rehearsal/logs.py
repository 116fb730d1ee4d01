"""Logs of the functions and of ministack: which functions ran, and what went wrong."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tests.rehearsal.deployment import Stack
from tests.rehearsal.report import RehearsalFailure

PAGE = 10_000

# What no function may log, whoever answers for it.
FAULT = re.compile(
    r"AccessDenied|not authorized to perform|ImportError|ImportModuleError|ModuleNotFoundError"
    r'|Traceback \(most recent call last\)|Task timed out|"level":"(ERROR|CRITICAL)"'
)
# The authorizer refuses credentials by an error, of which Lambda's runtime logs the traceback.
TRACEBACK, REFUSAL = "Traceback", re.compile(r"\bauth\.Unauthorized: Unauthorized$")
# What ministack itself says of functions that could not start or did not take what they were given.
OUTSIDE = re.compile(
    r"Warm worker execution error|failed processing|dispatch error|error firing|ERROR \["
)
STARTED = re.compile(r"Lambda worker spawned for (\S+)")
MAX_LINE = 600  # characters of a line that are shown


class Line(NamedTuple):
    stream: str  # ministack gives each invocation one
    text: str


def read(stack: Stack) -> list[Line]:
    """Return all lines of the stack's log group, which all functions share.

    ministack answers with one page and tells of no other: the next one begins at its last time.
    """
    client, start = stack.emulator.client("logs"), 0
    lines: dict[tuple[str, int, str], Line] = {}
    while True:
        events = client.filter_log_events(
            logGroupName=stack.outputs["LogGroup"], startTime=start, limit=PAGE
        )["events"]
        for event in events:
            line = Line(event["logStreamName"], event["message"])
            lines[line.stream, event["timestamp"], line.text] = line
        if len(events) < PAGE:
            return list(lines.values())
        start = max(start + 1, events[-1]["timestamp"])


def started(output: Iterable[str], functions: Mapping[str, str]) -> set[str]:
    """Return the operations whose functions were started."""
    names = {match[1] for line in output if (match := STARTED.search(line))}
    return {functions[name] for name in names & functions.keys()}


def failures(
    lines: Iterable[Line], output: Iterable[str], functions: Mapping[str, str]
) -> list[RehearsalFailure]:
    """Return the faults in the functions' lines and in ministack's output."""
    lines = list(lines)
    owners = {line.stream: owner for line in lines if (owner := _owner(line.text, functions))}
    refused = {line.stream for line in lines if REFUSAL.search(line.text)}
    inside = (
        RehearsalFailure(_short(line.text), owners.get(line.stream, ""))
        for line in lines
        if FAULT.search(line.text)
        and not (line.text.startswith(TRACEBACK) and line.stream in refused)
    )
    outside = (
        RehearsalFailure(_short(line), _owner(line, functions))
        for line in output
        if OUTSIDE.search(line)
    )
    return [*inside, *outside]


def _owner(text: str, functions: Mapping[str, str]) -> str:
    """Return the operation of the function that a line names."""
    return next((operation for name, operation in functions.items() if name in text), "")


def _short(text: str) -> str:
    """Return a line as it is read best: of our own JSON the message and the exception's end."""
    try:
        entry: Any = json.loads(text)
    except ValueError:
        return text[:MAX_LINE]
    exception = str(entry.get("exception", "")).strip().splitlines()[-1:]
    return ": ".join([str(entry.get("message", "")), *exception])[:MAX_LINE]
