"""A flow and tasks that leave artifacts of each kind; it prints what it then reads of them."""

import json
import sys

from prefect import flow, task
from prefect.artifacts import (
    Artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)


@task
def tabulate(orders: int) -> None:
    create_table_artifact(key="orders", table=[{"n": n} for n in range(orders)], description="all")
    create_link_artifact(link="https://example.com/orders", key="shop", link_text="the shop")


@task
def fill() -> None:
    artifact = create_progress_artifact(progress=0.0, key="filling")
    update_progress_artifact(artifact, progress=75.0, description="nearly")


@flow
def leave_artifacts(orders: int) -> None:
    create_markdown_artifact(markdown=f"# {orders} orders", key="summary")
    tabulate(orders)
    fill()


leave_artifacts(int(sys.argv[1]))
found = [Artifact.get(key) for key in ("summary", "orders", "shop", "filling", "none")]
print(json.dumps([one and [one.type, one.data, one.description] for one in found]))
