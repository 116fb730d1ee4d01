"""Request bodies of automations, of which there are none."""

from enum import StrEnum

from runledger.api.queries import Limited, Skipping
from runledger.domain.filters.automations import AutomationFilter
from runledger.domain.values import Value


class AutomationSort(StrEnum):
    """The orders, listed as in the reference's errors."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class AutomationsSorted(Value):
    sort: AutomationSort = AutomationSort.NAME_ASC


class ReadAutomations(Skipping, AutomationsSorted, Limited):
    """POST /automations/filter."""

    automations: AutomationFilter | None = None
