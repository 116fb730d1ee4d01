"""A flow that logs once `prefect flow-run watch` watches it."""

import json
import subprocess
import sys

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

LONGEST = 60


@flow
def watched() -> "subprocess.Popen[str]":
    watch = [sys.executable, "-m", "prefect", "flow-run", "watch", flow_run.get_id()]
    watcher = subprocess.Popen(watch, stdout=subprocess.PIPE, encoding="utf-8")
    # What has happened is told first, when it is listening already.
    assert watcher.stdout
    while "Running" not in watcher.stdout.readline():
        assert watcher.poll() is None, "it stopped watching"
    get_run_logger().warning("a line to be seen")
    return watcher


watcher = watched()
shown, _ = watcher.communicate(timeout=LONGEST)
print(json.dumps([watcher.returncode, shown]))
