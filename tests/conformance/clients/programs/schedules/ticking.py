"""Serve a flow that leaves a trace of each run: `ticking FOLDER DEPLOYMENT...`, each as JSON."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from prefect import flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.runtime import flow_run


@flow
def tick(folder: str, seconds: float = 0.0) -> None:
    with (Path(folder) / str(flow_run.get_id())).open("a", encoding="utf-8") as trace:
        print(_step("begun"), file=trace, flush=True)
        time.sleep(seconds)
        print(_step("ended"), file=trace, flush=True)


def _step(word: str) -> str:
    return json.dumps({"is": word, "time": time.time(), "parent": os.getppid()})


def _options(folder: str, told: dict[str, Any]) -> dict[str, Any]:
    parameters = {"folder": folder, **told.pop("parameters", {})}
    if limit := told.pop("concurrency_limit", None):
        told["concurrency_limit"] = ConcurrencyLimitConfig(**limit)
    return {**told, "parameters": parameters}


if __name__ == "__main__":
    folder, *texts = sys.argv[1:]
    deployments = [_options(folder, json.loads(text)) for text in texts]
    if len(deployments) == 1:
        tick.serve(**deployments[0])
    else:
        serve(*(tick.to_deployment(**options) for options in deployments))
