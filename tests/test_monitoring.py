"""The template's options: throttles, access logs, alarms, the dashboard, a domain of one's own."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloudformation import intrinsics
from runledger.adapters.http import OUTCOMES
from runledger.domain.runs.states import StateType
from tests.support.stack import resources
from tests.test_template import DOCUMENT

OURS = "Runledger"
RESTORED = "arn:aws:dynamodb:eu-west-1:123456789012:table/restored"
WAITING = {"WaitingTaskRuns", "OldestWaitingTaskRun"}
PUBLISHED = {*OUTCOMES.values(), "Failed", *WAITING, *(f"{t.title()}TaskRuns" for t in StateType)}


def of_type(resource_type: str) -> dict[str, Any]:
    return {name: one for name, one in resources().items() if one["Type"] == resource_type}


# SAM leaves them as they are.
DECLARED: dict[str, Any] = DOCUMENT["Resources"]
ALARMS = sorted(n for n, one in DECLARED.items() if one["Type"] == "AWS::CloudWatch::Alarm")


def alarms() -> dict[str, Any]:
    return of_type("AWS::CloudWatch::Alarm")


def test_each_alarm_is_declared() -> None:
    assert sorted(alarms()) == ALARMS


def resolved(**parameters: str) -> dict[str, Any]:
    """The resources before SAM's translation, with what these parameters make of them."""
    resources: dict[str, Any] = intrinsics.resolver(DOCUMENT, parameters)(DOCUMENT["Resources"])
    return resources


def conditions(**parameters: str) -> set[str]:
    resolve = intrinsics.resolver(DOCUMENT, parameters)
    return {name for name in DOCUMENT["Conditions"] if resolve({"Condition": name})}


def optional(**parameters: str) -> set[str]:
    """The resources that these parameters add."""
    true = conditions(**parameters)
    return {name for name, one in resources().items() if one.get("Condition") in true}


def references(node: Any) -> set[str]:  # noqa: ANN401 a piece of the template
    """The resources that a piece names."""
    found: list[str] = re.findall(r'"Ref": "(\w+)"', json.dumps(node))
    found += re.findall(r'"Fn::GetAtt": \["(\w+)"', json.dumps(node))
    return set(found) - set(DOCUMENT["Parameters"])


def test_a_stack_without_options_has_none_of_their_resources() -> None:
    assert optional() == {"BlockKey", "Table"}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_it_means_to_the_topic(name: str) -> None:
    alarm = alarms()[name]
    properties = alarm["Properties"]
    assert alarm["Condition"] == "HasAlarms"
    assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert properties["TreatMissingData"] == "notBreaching"  # an idle stack is no fault
    assert properties["AlarmDescription"].endswith(".")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_what_is_there(name: str) -> None:
    named = references(alarms()[name]["Properties"])
    assert named <= resources().keys()
    assert {"AlarmTopic"} <= named


def test_the_log_of_all_functions_is_searched_for_errors() -> None:
    filters = of_type("AWS::Logs::MetricFilter").values()
    assert {references(one["Properties"]["LogGroupName"]).pop() for one in filters} == {"Logs"}
    counted = [one["Properties"]["MetricTransformations"][0] for one in filters]
    watched = alarms()["FunctionErrorsAlarm"]["Properties"]
    assert {(one["MetricName"], json.dumps(one["MetricNamespace"])) for one in counted} == {
        (watched["MetricName"], json.dumps(watched["Namespace"]))
    }


def test_refused_credentials_are_no_errors_of_functions() -> None:
    unhandled = resources()["UnhandledErrors"]["Properties"]["FilterPattern"]
    assert unhandled == '"[ERROR]" -Unauthorized'


def test_the_metrics_of_the_rest_api_have_its_name() -> None:
    api = resources()["Api"]["Properties"]
    watched = alarms()["ServerErrorsAlarm"]["Properties"]["Dimensions"]
    assert watched[0] == {"Name": "ApiName", "Value": api["Name"]}
    assert watched[1] == {
        "Name": "Stage",
        "Value": resources()["ApiapiStage"]["Properties"]["StageName"],
    }


def dashboard() -> dict[str, Any]:
    body = resources()["OperationsDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    found: dict[str, Any] = json.loads(re.sub(r"\${[\w.:]+}", "x", body))
    return found


def shown_metrics() -> Iterator[tuple[str, str]]:
    """The namespace and name of each metric; a dot stands for the namespace before it."""
    rows = [row for widget in dashboard()["widgets"] for row in widget["properties"]["metrics"]]
    space = ""
    for first, *rest in rows:
        if rest and first != "...":  # neither an expression nor the metric before it
            space = space if first == "." else first
            yield space, rest[0]


def test_the_dashboard_shows_metrics_that_are_there() -> None:
    text = resources()["OperationsDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    names = {name.partition(".")[0] for name in re.findall(r"\${([\w.:]+)}", text)}
    names -= {"TableName"}  # of the restored table, or the stack's own
    assert {name for name in names if not name.startswith("AWS::")} <= resources().keys()
    shown = {name for space, name in shown_metrics() if space == OURS}
    assert shown <= PUBLISHED
    assert shown >= {*WAITING, *OUTCOMES.values(), "Failed"}


def test_the_widgets_of_the_dashboard_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard()["widgets"]:
        x, y = (
            range(widget[a], widget[a] + widget[b]) for a, b in (("x", "width"), ("y", "height"))
        )
        own = {(column, row) for column in x for row in y}
        assert not own & taken
        assert max(x) < 24  # columns of a dashboard
        taken |= own


@pytest.mark.parametrize(
    ("parameters", "on"),
    [({}, "off"), ({"AlarmEmail": "a@b.c"}, "on"), ({"Dashboard": "on"}, "on")],
)
def test_runs_are_measured_where_somebody_looks(parameters: dict[str, str], on: str) -> None:
    variables = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"]
    assert intrinsics.resolver(DOCUMENT, parameters)(variables)["RUN_METRICS"] == on


@pytest.mark.parametrize("api", ["Api", "WebSocketApi"])
def test_both_apis_log_each_access_as_json(api: str) -> None:
    settings = {"Api": "AccessLogSetting", "WebSocketApi": "AccessLogSettings"}[api]
    assert settings not in resolved()[api]["Properties"]
    logged = resolved(AccessLogs="on")[api]["Properties"][settings]
    assert logged["DestinationArn"] == "AccessLog.Arn"
    fields = json.loads(logged["Format"])
    assert {"requestId", "time", "ip", "status", "error"} <= fields.keys()
    assert "authorization" not in logged["Format"].lower()


def test_both_apis_are_throttled_and_messages_of_open_connections_are_not() -> None:
    given = {"RequestsPerSecond": "7", "RequestBurst": "9", "ConnectionsPerSecond": "3"}
    resources = resolved(**given)
    (rest,) = resources["Api"]["Properties"]["MethodSettings"]
    assert (rest["ResourcePath"], rest["HttpMethod"]) == ("/*", "*")
    assert (rest["ThrottlingRateLimit"], rest["ThrottlingBurstLimit"]) == ("7", "9")
    connections = {"ThrottlingRateLimit": "3", "ThrottlingBurstLimit": "3"}
    assert resources["WebSocketApi"]["Properties"]["RouteSettings"] == {"$connect": connections}


def test_what_answers_without_credentials_can_have_its_own_concurrency() -> None:
    reserved = {
        name
        for name, one in resolved(ReservedConcurrency="5").items()
        if one["Properties"].get("ReservedConcurrentExecutions") == "5"
    }
    api = resources()["Api"]["Properties"]["Body"]["paths"].values()
    open_to_all = [
        one for path in api for one in path.values() if one.get("security") == [{"NONE": []}]
    ]
    uris = [json.dumps(one["x-amazon-apigateway-integration"]["uri"]) for one in open_to_all]
    functions = {name for uri in uris for name in re.findall(r"\w+Function", uri)}
    assert reserved == functions | {"WebsocketConnectFunction"}
    assert not any(
        "ReservedConcurrentExecutions" in one["Properties"] for one in resolved().values()
    )


def test_the_table_is_protected_and_takes_a_key_of_ones_own() -> None:
    table = resolved()["Table"]["Properties"]
    assert table["DeletionProtectionEnabled"] == "true"
    assert "SSESpecification" not in table
    encrypted = resolved(KmsKeyArn="arn:aws:kms:x:1:key/k")["Table"]["Properties"]
    assert encrypted["SSESpecification"]["KMSMasterKeyId"] == "arn:aws:kms:x:1:key/k"


def test_a_restored_table_takes_the_place_of_the_stacks_own() -> None:
    stream = f"{RESTORED}/stream/2026-11-29T13:00:00.000"
    given = {"RestoredTableStreamArn": stream}
    assert optional(**given) == {"BlockKey"}
    found = json.dumps({name: one for name, one in resolved(**given).items() if name != "Table"})
    assert not re.search(r'"Table(\.\w+)?[/"]', found)
    named = set(re.findall(rf'"({re.escape(RESTORED)}[^"]*)"', found))
    indexes = [index["IndexName"] for index in _indexes()]
    assert named >= {RESTORED, stream, f"{RESTORED}/index/*", f"{RESTORED}/index/by_owner"}
    assert named <= {RESTORED, stream, *(f"{RESTORED}/index/{name}" for name in ("*", *indexes))}
    resolve = intrinsics.resolver(DOCUMENT, given)
    variables = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"]
    assert resolve(variables)["TABLE_NAME"] == "restored"
    assert resolve(DOCUMENT["Outputs"]["TableName"]["Value"]) == "restored"


def _indexes() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DOCUMENT["Resources"]["Table"]["Properties"][
        "GlobalSecondaryIndexes"
    ]
    return found


@pytest.mark.parametrize(
    ("one_url", "zone", "added"),
    [
        ("redirect", "", {"RestApiDomain", "RestApiMapping"}),
        ("redirect", "Z1", {"RestApiDomain", "RestApiMapping", "RestApiRecord"}),
        ("cloudfront", "", set()),
        ("cloudfront", "Z1", {"DistributionRecord"}),
    ],
)
def test_a_domain_leads_to_what_serves_the_url(one_url: str, zone: str, added: set[str]) -> None:
    given = {"OneUrl": one_url, "DomainName": "runs.example.com", "HostedZoneId": zone}
    assert optional(**given) - optional(OneUrl=one_url) == added
    distribution = resolved(**given)["Distribution"]["Properties"]["DistributionConfig"]
    assert distribution.get("Aliases") == (
        ["runs.example.com"] if one_url == "cloudfront" else None
    )
    url = intrinsics.resolver(DOCUMENT, given)(DOCUMENT["Outputs"]["PrefectApiUrl"]["Value"])
    assert url == "https://runs.example.com/api"
