"""Let a flow run that is suspended go on with a number."""

import sys
from uuid import UUID

from prefect.flow_runs import resume_flow_run

run, number = sys.argv[1:]
resume_flow_run(UUID(run), run_input={"value": int(number)})
