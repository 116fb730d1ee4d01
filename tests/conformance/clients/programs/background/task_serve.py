"""Let a command serve a background task, and wait for what it comes to."""

import json
import subprocess
import sys

import served

LONGEST = 90

command = [sys.executable, "-m", "prefect", "task", "serve", f"{served.__file__}:double"]
worker = subprocess.Popen(command)
try:
    print(json.dumps(served.double.delay(21).result(timeout=LONGEST)))
finally:
    worker.terminate()
    worker.wait(LONGEST)
