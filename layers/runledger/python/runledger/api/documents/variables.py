"""Request bodies of variables (docs/contract/documents.md 2)."""

from datetime import datetime
from typing import Any

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Skipping
from runledger.domain.named_documents.variables import (
    Variable,
    VariableFilter,
    VariableName,
    VariableSort,
    VariableValue,
)
from runledger.domain.values import Value


class VariableCreate(Body):
    """POST /variables/."""

    name: VariableName
    value: VariableValue
    tags: list[str] = []

    def to_variable(self, now: datetime) -> Variable:
        return Variable(id=ids.run_id(), created=now, updated=now, **dict(self))


class VariableUpdate(Body):
    """PATCH /variables/{id} and PATCH /variables/name/{name}; a later check refuses nulls."""

    name: VariableName | None = None
    value: VariableValue = None
    tags: list[str] | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ReadVariables(Skipping, Limited):
    """POST /variables/filter."""

    variables: VariableFilter | None = None
    sort: VariableSort = VariableSort.NAME_ASC


class CountVariables(Value):
    """POST /variables/count."""

    variables: VariableFilter | None = None
