"""Rename a run and delete it, through the synchronous client."""

import sys
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ObjectNotFound


def manage(client: SyncPrefectClient, run_id: UUID) -> None:
    client.set_task_run_name(run_id, "renamed")
    assert client.read_task_run(run_id).name == "renamed"
    client.delete_task_run(run_id)
    for gone in (client.read_task_run, client.delete_task_run):
        try:
            gone(run_id)
        except ObjectNotFound:
            continue
        raise AssertionError(f"{gone.__name__} finds a deleted run")


with get_client(sync_client=True) as client:
    manage(client, UUID(sys.argv[1]))
