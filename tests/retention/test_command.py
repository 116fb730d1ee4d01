"""`make retention`, as it is called: runs leave that finished before they were to."""

from dataclasses import replace

from tests.service.retention.worlds import PERIOD, RetainedRuns
from tests.support import commands
from tests.support.commands import Command, Outcome
from tests.support.databases import DynamoDB


def retention(database: DynamoDB, days: int, command: Command = commands.run_here) -> Outcome:
    chosen = {"TABLE_NAME": database.table, "DYNAMODB_ENDPOINT": database.endpoint}
    return command("retention", RUN_RETENTION_DAYS=str(days), **chosen)


def test_runs_that_finished_before_leave_too(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    runs.store = replace(runs.store, run_retention=None)
    flow_run = runs.begin_flow_run()
    task_run, alone, unfinished = (runs.begin_task_run(one) for one in (flow_run, None, None))
    subflow_run = runs.begin_flow_run(task_run)
    for run in (subflow_run, flow_run, alone):
        runs.enter(run, "COMPLETED")
    runs.pump()
    runs.store = replace(runs.store, run_retention=PERIOD)
    says = f"2 finished runs of {on_dynoxide.table} leave {PERIOD.days} days after their end\n"
    assert retention(on_dynoxide, PERIOD.days, commands.run) == (0, says, "")
    assert retention(on_dynoxide, PERIOD.days) == (0, says, "")
    runs.pass_days(PERIOD.days)
    runs.assert_settled()
    assert runs.there() == {unfinished}


def test_without_days_it_does_nothing(on_dynoxide: DynamoDB) -> None:
    code, said, problem = retention(on_dynoxide, 0)
    assert (code, said) == (1, "")
    assert problem.startswith("retention: Finished runs are kept: set RunRetentionDays")
