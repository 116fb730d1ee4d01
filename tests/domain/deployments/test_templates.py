"""Templates, beside what `test_recorded_parameters.py` holds against the reference."""

import pytest

from runledger.domain.deployments.hydration import hydrated
from runledger.domain.deployments.templates import TemplateError, render
from runledger.domain.errors import Rejected


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ a" + ".b" * 5_000 + " }}",
        "{{ " + "[" * 150 + "]" * 150 + " }}",
        "{{ " + "not " * 5_000 + "a }}",
        "{% if a %}" * 200 + "{% endif %}" * 200,
        "{% set x = 1 %}{{ x.y.z() }}",
        "{{ '%s' * 5 % 3 }}",
    ],
)
def test_a_template_that_can_not_be_rendered_says_why(template: str) -> None:
    with pytest.raises(TemplateError, match=r"."):
        render(template)


@pytest.mark.parametrize("template", ["plain", "{# a comment #}", "a { b"])
def test_a_text_without_expressions_is_as_it_was(template: str) -> None:
    assert render(template) == template


def test_a_rendered_text_that_is_no_unicode_is_rejected() -> None:
    parameters = {"a": {"__prefect_kind": "jinja", "template": r"{{ '\ud800' }}"}}
    with pytest.raises(Rejected, match="can't be written as JSON"):
        hydrated(parameters, "flow run parameters", {})
