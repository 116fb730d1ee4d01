import pytest

from runledger.domain.blocks.secrets import secret_paths
from runledger.domain.blocks.system_types import SYSTEM_TYPES, SystemType


@pytest.mark.parametrize("system_type", SYSTEM_TYPES, ids=lambda each: each.slug)
def test_the_form_of_a_system_type_is_whole(system_type: SystemType) -> None:
    fields = system_type.fields
    properties = fields["properties"]
    assert fields["block_type_slug"] == system_type.slug
    assert {path[0] for path in secret_paths(fields)} <= properties.keys()
    assert set(fields.get("required", ())) <= properties.keys()
    positions = sorted(each["position"] for each in properties.values())
    assert positions == list(range(len(properties)))
