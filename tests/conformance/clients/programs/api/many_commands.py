"""Make what commands look at, then run commands of Prefect's in this process: `many_commands JSON`.

An interpreter for each command would take most of the time. What each printed, and its exit code,
are printed as JSON.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from prefect.cli import app
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.variables import Variable
from pydantic import SecretStr


class Storefront(Block):  # type: ignore[misc]  # mypy runs without Prefect
    """A shop, from which orders come."""

    url: str
    key: SecretStr


@flow
def report() -> None:
    create_markdown_artifact("# Sales", key="sales", description="of today")
    create_markdown_artifact("# More sales", key="sales")
    create_table_artifact([{"x": 1}, {"x": 2}], key="rows")


def furnish() -> None:
    Variable.set("region", "eu-central-1", tags=["aws", "site"])
    Variable.set("limits", {"rows": [1, 2, 3]})
    Secret(value="hidden").save("api-key")
    Storefront(url="https://example.com", key=SecretStr("hidden")).save("front")
    report()
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name="machines", type="process"))
        flow_id = client.create_flow(report)
        client.create_deployment(flow_id, "nightly", work_pool_name="machines")


def run(*command: str) -> tuple[int, str]:
    sys.argv = ["prefect", *command]
    code, shown = 0, io.StringIO()
    with redirect_stdout(shown), redirect_stderr(shown):
        try:
            app()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return code, shown.getvalue()


if __name__ == "__main__":
    furnish()
    print(json.dumps([run(*command) for command in json.loads(sys.argv[1])]))
