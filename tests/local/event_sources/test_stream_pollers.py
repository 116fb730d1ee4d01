from datetime import timedelta
from pathlib import Path

import pytest

from local.cloudformation import template
from local.cloudformation.triggers import FunctionSchedule
from local.event_sources.stream_pollers import Pollers, Stopped
from local.functions import Functions
from tests.local import sample
from tests.support.waiting import wait_until


def test_a_schedule_calls_its_function_again_and_again(tmp_path: Path) -> None:
    functions = Functions(template.load(sample.write(tmp_path)))
    schedule = FunctionSchedule("Clock", "note", timedelta(milliseconds=10))
    with Pollers().running([], [schedule], functions):
        wait_until(lambda: len(sample.recorded_events(tmp_path)) >= 2)
    event = sample.recorded_events(tmp_path)[0]
    assert event["resources"] == ["arn:aws:events:local:000000000000:rule/Clock"]


def test_a_schedule_outlives_a_failure_of_its_function(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    functions = Functions(template.load(sample.write(tmp_path)))
    schedule = FunctionSchedule("Clock", "answer", timedelta(milliseconds=10))
    errors: list[str] = []

    def failed_twice() -> bool:
        errors.append(capsys.readouterr().err)
        return "".join(errors).count("KeyError") >= 2

    with Pollers().running([], [schedule], functions):
        wait_until(failed_twice)


def test_a_function_that_may_write_wakes_the_pollers(tmp_path: Path) -> None:
    functions = Functions(template.load(sample.write(tmp_path)))
    woken: list[str] = []
    functions.after_writes(lambda: woken.append("after a write"))
    functions.call("note", {})
    assert woken == []
    with pytest.raises(KeyError):  # it may have written before it failed
        functions.call("write", {})
    assert woken == ["after a write"]


def test_pollers_that_have_stopped_call_nothing(tmp_path: Path) -> None:
    functions = Functions(template.load(sample.write(tmp_path)))
    pollers = Pollers()
    with pollers.running([], [FunctionSchedule("Clock", "note", timedelta(hours=1))], functions):
        pass
    with pytest.raises(Stopped):
        pollers.wait(0)
