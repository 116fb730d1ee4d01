"""Validates the values of the site's form before a run or a deployment is made of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runledger.domain.deployments.form_values import hydrated_form
from runledger.domain.deployments.parameters import amended
from runledger.execution_limits import limited
from runledger.service.documents import variables
from runledger.store.store import Store

if TYPE_CHECKING:
    from runledger.domain.deployments.form_validation import Problem


def problems_of(
    store: Store, values: Mapping[str, Any], schema: Mapping[str, Any]
) -> "list[Problem]":
    """Return what is wrong with the values by the schema, once they are hydrated.

    Raises:
        Invalid: the schema is not valid, refers to itself without end, or takes too long.
    """
    from runledger.domain.deployments import form_validation  # noqa: PLC0415 - its docstring

    known = variables.values_for(store, values)
    with limited():
        return form_validation.problems_of(hydrated_form(values, known), amended(schema))
