"""Monitoring of the deployed stack: alarms, a dashboard, metrics of runs."""

import json

from tests.rehearsal import logs
from tests.rehearsal.deployment import Stack
from tests.test_monitoring import ALARMS


def is_watched(stack: Stack) -> None:
    """Read alarms and metric filters back; raise AssertionError where one watches nothing."""
    client = stack.emulator.client("cloudwatch")
    pages = client.get_paginator("describe_alarms").paginate()
    found = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    topic = stack.outputs["Alarms"]
    for name in ALARMS:
        alarm = found[stack.resources[name]]
        assert alarm["AlarmActions"] == [topic], alarm
        watched = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        if function := watched.get("FunctionName"):
            assert function in stack.functions, alarm
    filters = stack.emulator.client("logs").describe_metric_filters(
        logGroupName=stack.outputs["LogGroup"]
    )
    assert len(filters["metricFilters"]) == 3, filters


def has_a_dashboard(stack: Stack) -> None:
    """Read the dashboard back; raise AssertionError if it shows functions that are not there."""
    client = stack.emulator.client("cloudwatch")
    name = stack.resources["OperationsDashboard"]
    text = client.get_dashboard(DashboardName=name)["DashboardBody"]
    widgets = json.loads(text)["widgets"]
    assert len(widgets) == len({widget["properties"]["title"] for widget in widgets}) == 9
    assert "${" not in text
    assert stack.outputs["TableName"] in text


def runs_are_measured(stack: Stack) -> None:
    """Raise AssertionError if the log has no metrics of task runs."""
    lines = "\n".join(map(str, logs.read(stack)))
    for metric in ("WaitingTaskRuns", "OldestWaitingTaskRun", "CompletedTaskRuns"):
        assert metric in lines, metric


def table_is_protected(stack: Stack) -> None:
    """Raise AssertionError if the table could be deleted."""
    table = stack.emulator.client("dynamodb").describe_table(TableName=stack.outputs["TableName"])
    # CloudFormation makes a boolean of the parameter's text; ministack keeps the text.
    assert table["Table"]["DeletionProtectionEnabled"] in {True, "true"}, table["Table"]
