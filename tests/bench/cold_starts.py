"""Cold starts beside a plain handler's: `make bench ARGS=cold`.

Processor milliseconds of new processes, from the first line that Python runs for a function to the
answer of its first call: imports and clients, without the start of Python itself. The plain handler
(`tests/bench/plain/app.py`) has what tutorials have: boto3, one pydantic model, Powertools' Logger.
All find their byte code and the packages that they find on Lambda, and no others. They take turns,
so that whatever else the machine does slows all alike.
It fails if a function takes more than its part of the plain handler's time.
"""

import importlib.metadata
import json
import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import boto3

from local import settings
from local.cloudformation import template
from local.cloudformation.template import REPOSITORY
from local.rest_api.events import Event
from runledger import LOGGER_NAME
from tests.bench.figures import BenchResult, Figure
from tests.bench.plots import bars
from tests.bench.questions import Call, run_body
from tests.bench.servers.ours import prepared
from tests.bench.servers.sides import Handlers, ask

PLAIN = REPOSITORY / "tests" / "bench" / "plain" / "app.py"
TURNS, LISTED_RUNS = 7, 50
# Packages of Lambda's Python: boto3 and what it needs.
OF_LAMBDA = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
# What a function may take of the plain handler's time: on average, and each.
AIM, MAX_RATIO = 0.5, 0.7

PROGRAM = """
import time
begun = time.process_time()
import sys
sys.path.insert(0, {folder!r})

class Context:
    function_name = "cold"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:cold"
    aws_request_id = "7c1d8b1e-0000-4000-8000-000000000000"

import app
answer = app.handler({event!r}, Context())
taken = time.process_time() - begun
assert answer["statusCode"] < 300, answer
print()
print(taken * 1000, len(sys.modules))
"""


class ColdStart(NamedTuple):
    """Medians: processor milliseconds, and modules that are imported."""

    milliseconds: float
    modules: float


class ColdStartRow(NamedTuple):
    """A function's cold start beside the plain handler's."""

    name: str
    ours: ColdStart
    plain: ColdStart

    @property
    def ratio(self) -> float:
        """The part of the plain handler's time."""
        return self.ours.milliseconds / self.plain.milliseconds


class Start(NamedTuple):
    """A function's code, and the event of its first call, which is another each time."""

    code: Path
    event: Callable[[], Event]
    variables: Mapping[str, str]


def result() -> BenchResult:
    """Measure, and print all."""
    measured = rows()
    show(measured)
    figures = [
        Figure(f"cold start: {row.name}, over a plain handler's", row.ratio, AIM, MAX_RATIO)
        for row in measured
    ]
    title = "Processor milliseconds of a cold start, imports and first call"
    starts = {
        row.name: {"ours": row.ours.milliseconds, "plain": row.plain.milliseconds}
        for row in measured
    }
    return BenchResult(figures, {"cold": bars.drawn(title, starts)})


def show(measured: Sequence[ColdStartRow]) -> None:
    heads = f"{'ours':>8}{'plain':>8}{'ratio':>8}{'modules':>10}{'plain':>8}"
    lines = [f"{'cold start, milliseconds':<28}{heads}"]
    lines += [
        f"{name:<28}{ours.milliseconds:>8.0f}{plain.milliseconds:>8.0f}{row.ratio:>8.2f}"
        f"{ours.modules:>10.0f}{plain.modules:>8.0f}"
        for row in measured
        for name, ours, plain in [row]
    ]
    lines.append(f"aim {AIM} each; none above {MAX_RATIO}; Python {sys.version.split()[0]}")
    sys.stdout.writelines(f"{line}\n" for line in lines)


def rows() -> list[ColdStartRow]:
    """Measure the hot functions' cold starts."""
    with _starts() as starts, tempfile.TemporaryDirectory() as folder:
        packages = Path(folder) / "packages"
        _link_packages(packages)
        measured = _measured(starts, _variables(packages, Path(folder) / "byte_code"))
    plain = measured.pop("plain")
    return [ColdStartRow(name, ours, plain) for name, ours in measured.items()]


@contextmanager
def _starts() -> Iterator[Mapping[str, Start]]:
    chosen = settings.read({"DATA": settings.MEMORY})
    logging.getLogger(LOGGER_NAME).setLevel(logging.WARNING)
    with prepared(chosen):
        api = template.load(parameters=chosen.parameters)
        handlers = Handlers(api)
        run, *_ = (ask(handlers, _create()) for _ in range(LISTED_RUNS))
        _put_plain_item(chosen.table, run)
        path, listed = f"/task_runs/{run['id']}", {"limit": LISTED_RUNS}
        calls: Mapping[str, Callable[[], Call]] = {
            "create": _create,
            "read": lambda: Call("GET", path),
            "set_state": lambda: Call("POST", f"{path}/set_state", {"state": {"type": "PENDING"}}),
            f"filter of {LISTED_RUNS}": lambda: Call("POST", "/task_runs/filter", listed),
        }
        ours = {name: _start(api, handlers, call) for name, call in calls.items()}
        # template.yaml tells our functions not to look for pydantic's plugins; tutorials don't.
        looks = {"PYDANTIC_DISABLE_PLUGINS": ""}
        plain = Start(PLAIN, lambda: handlers.event(calls["read"]())[1], looks)
        yield ours | {"plain": plain}


def _create() -> Call:
    return Call("POST", "/task_runs/", run_body(0, None) | {"dynamic_key": str(uuid4())})


def _start(api: template.Template, handlers: Handlers, call: Callable[[], Call]) -> Start:
    operation, _ = handlers.event(call())
    return Start(api.code[operation], lambda: handlers.event(call())[1], {})


def _put_plain_item(table: str, run: Mapping[str, Any]) -> None:
    item = {
        "pk": {"S": f"PLAIN#{run['id']}"},
        "sk": {"S": "PLAIN"},
        "document": {"S": json.dumps(run)},
    }
    boto3.client("dynamodb").put_item(TableName=table, Item=item)


def _link_packages(folder: Path) -> None:
    """Link to what the layer and Lambda have: packages look for others at their import."""
    folder.mkdir()
    pinned = (REPOSITORY / "layers/dependencies/requirements.txt").read_text("utf-8")
    names = {*re.findall(r"^([\w-]+)==", pinned, re.MULTILINE), *OF_LAMBDA}
    for name in names:
        distribution = importlib.metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
        for top in tops:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))


def _variables(packages: Path, byte_code: Path) -> Mapping[str, str]:
    ours = str(REPOSITORY / "layers" / "runledger" / "python")
    return os.environ | {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPATH": os.pathsep.join([ours, str(packages)]),
        "PYTHONPYCACHEPREFIX": str(byte_code),
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_DISABLED": "false",
    }


def _measured(starts: Mapping[str, Start], variables: Mapping[str, str]) -> dict[str, ColdStart]:
    def take_turns() -> dict[str, ColdStart]:
        return {name: _cold_start(start, variables) for name, start in starts.items()}

    take_turns()  # compiles
    turns = [take_turns() for _ in range(TURNS)]
    return {name: _median([turn[name] for turn in turns]) for name in starts}


def _median(measured: Sequence[ColdStart]) -> ColdStart:
    return ColdStart(*map(statistics.median, zip(*measured, strict=True)))


def _cold_start(start: Start, variables: Mapping[str, str]) -> ColdStart:
    program = PROGRAM.format(folder=str(start.code.parent), event=start.event())
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**variables, **start.variables},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return ColdStart(*map(float, done.stdout.splitlines()[-1].split()))
