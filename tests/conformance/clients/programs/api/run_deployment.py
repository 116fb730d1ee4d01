"""Run a deployment by its name, and wait for what becomes of the run."""

import json
import sys

from prefect.deployments import run_deployment

run = run_deployment(sys.argv[1], parameters={"x": 20}, timeout=90, poll_interval=0.5)
print(json.dumps([str(run.id), run.state.name]))
