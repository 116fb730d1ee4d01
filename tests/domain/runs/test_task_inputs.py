import pytest

from runledger.domain.runs.task_runs import TaskInputs
from runledger.domain.values import Value

ID = "0bad5eed-0000-4000-8000-000000000001"


class InputHolder(Value):
    task_inputs: TaskInputs


@pytest.mark.parametrize(
    "given",
    [
        {"input_type": "task_run", "id": ID},
        {"input_type": "flow_run", "id": ID},
        {"input_type": "parameter", "name": "p"},
        {"input_type": "constant", "type": "int"},
    ],
)
def test_an_input_stored_without_defaults_keeps_its_kind(given: dict[str, str]) -> None:
    holder = InputHolder.model_validate({"task_inputs": {"x": [given]}})
    stored = holder.model_dump_json(exclude_defaults=True)
    assert InputHolder.model_validate_json(stored) == holder
