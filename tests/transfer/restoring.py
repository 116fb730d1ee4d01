"""The steps of docs/restore.md: the table is restored, and the stack uses it instead of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from runledger.store.schema import keys
from tests.conformance.servers import ROOT
from tests.rehearsal import deployment
from tests.rehearsal.deployment import STACK, Stack
from tests.rehearsal.steps import changes
from tests.support.databases import TEMPLATE

RESTORED = "restored"
NOUNS = ("flows", "flow_runs", "task_runs", "deployments")


def restore(stack: Stack, built: Path, api: httpx.Client) -> None:
    """Restore into another table, and let the stack use it; fill in by an import what it lacks."""
    kept, lost = (
        changes.make(api, "/task_runs/", task_key="restored", dynamic_key=key)
        for key in ("kept", "lost")
    )
    before = _numbers(api)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "runs.jsonl")
        _transfer("export", file)
        stream = _restored_table(stack)
        _lose(stack, lost)
        deployment.deploy(stack.emulator, built, RestoredTableStreamArn=stream)
        api.get(f"/task_runs/{kept}").raise_for_status()
        assert api.get(f"/task_runs/{lost}").status_code == httpx.codes.NOT_FOUND
        said = _transfer("import", file)
    assert f"items into {RESTORED};" in said, said
    api.get(f"/task_runs/{lost}").raise_for_status()
    assert _numbers(api) == before
    changes.follow(api)


def _restored_table(stack: Stack) -> str:
    """Restore the stack's table, and give the copy what it lacks; return its stream's ARN."""
    client = stack.emulator.client("dynamodb")
    client.restore_table_to_point_in_time(
        SourceTableName=stack.outputs["TableName"],
        TargetTableName=RESTORED,
        UseLatestRestorableTime=True,
    )
    client.get_waiter("table_exists").wait(TableName=RESTORED)
    stream = TEMPLATE.table["StreamSpecification"]
    updated = client.update_table(TableName=RESTORED, StreamSpecification=stream)
    client.update_time_to_live(
        TableName=RESTORED,
        TimeToLiveSpecification={"AttributeName": TEMPLATE.time_to_live, "Enabled": True},
    )
    client.update_continuous_backups(
        TableName=RESTORED,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    return str(updated["TableDescription"]["LatestStreamArn"])


def _lose(stack: Stack, run: str) -> None:
    """Remove a run's item from the copy."""
    pk, sk = keys.task_run(UUID(run))
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    stack.emulator.client("dynamodb").delete_item(TableName=RESTORED, Key=key)


def _numbers(api: httpx.Client) -> dict[str, Any]:
    """Return how many there are of each noun, by the indexes that lists read."""
    return {
        noun: len(api.post(f"/{noun}/filter", json={"limit": 200}).raise_for_status().json())
        for noun in NOUNS
    }


def _transfer(command: str, file: str) -> str:
    """Call `make export` or `make import` for the stack; return what it prints.

    An import ends with 1 if items are different: the sweep may have changed workers meanwhile.
    """
    done = subprocess.run(
        [sys.executable, "-m", "transfer", command, file],
        cwd=ROOT,
        env=os.environ | {"STACK": STACK},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout
