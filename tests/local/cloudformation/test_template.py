from datetime import timedelta
from pathlib import Path

from local.cloudformation import template
from local.cloudformation.template import Route
from local.cloudformation.triggers import FunctionSchedule
from tests.local import sample


def test_methods_of_the_definition_are_routes_guarded_unless_they_say_otherwise(
    tmp_path: Path,
) -> None:
    assert template.load(sample.write(tmp_path)).routes == (
        Route("PUT", "/things", "echo", is_open=True),
        Route("POST", "/things", "echo", is_open=True),
        Route("GET", "/things/{id}", "echo", is_open=True),
        Route("GET", "/guarded", "echo", is_open=False),
        Route("POST", "/things/filter", "answer", is_open=True),
        Route("POST", "/anything", "answer", is_open=True),
        Route("GET", "/talk", "redirect", is_open=True),
        Route("POST", "/items", "write", is_open=True),
    )


def test_parameters_have_their_defaults(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    assert loaded.environment == {"TABLE_NAME": "Table", "GREETING": "hello", "ABSENT": "present"}


def test_parameters_that_are_given_decide_conditions(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path), {"Authentication": "off"})
    assert loaded.environment == {"TABLE_NAME": "Table", "GREETING": "hello everybody"}


def test_the_table_has_what_create_table_takes(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    assert loaded.table == {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def test_items_expire_by_the_attribute_of_the_template(tmp_path: Path) -> None:
    assert template.load(sample.write(tmp_path)).time_to_live == "gone_at"


def test_the_routes_of_the_websocket_api_are_functions(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    assert loaded.websocket_api.routes == {
        "$connect": "greet",
        "obey": "obey",
        "note": "note",
        "$disconnect": "note",
    }


def test_a_message_is_routed_by_a_member_of_its_own(tmp_path: Path) -> None:
    assert template.load(sample.write(tmp_path)).websocket_api.route_selector == "type"


def test_a_stream_mapping_has_the_properties_of_its_event(tmp_path: Path) -> None:
    (mapping,) = template.load(sample.write(tmp_path)).streams
    assert (mapping.name, mapping.operation) == ("TakeFunctionChanges", "take")
    assert (mapping.batch_size, mapping.retries, mapping.max_record_age) == (10, 2, None)
    assert (mapping.bisects, mapping.reports_failures, mapping.starts_latest) == (True, True, False)


def test_a_schedule_has_an_interval(tmp_path: Path) -> None:
    expected = FunctionSchedule("TakeFunctionClock", "take", timedelta(minutes=1))
    assert template.load(sample.write(tmp_path)).schedules == (expected,)
