"""Read what a flow run and its only task run came to, in another process than theirs."""

import json
import sys
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import TaskRunFilter

with get_client(sync_client=True) as client:
    run = client.read_flow_run(UUID(sys.argv[1]))
    of_the_run = TaskRunFilter(flow_run_id={"any_": [run.id]})
    (task_run,) = client.read_task_runs(task_run_filter=of_the_run)

print(json.dumps([run.state.result(), task_run.state.result()]))
