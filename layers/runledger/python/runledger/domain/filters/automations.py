"""The filter of automations, of which there are none: a request for them is checked."""

from runledger.domain.filters.criterion import Criterion, ObjectFilter
from runledger.domain.filters.fields import Id, TagsOrAny, Text
from runledger.domain.filters.operators import Before


class CreatedBefore(Criterion):
    before_: Before = None


class AutomationFilter(ObjectFilter):
    id: Id | None = None
    name: Text | None = None
    created: CreatedBefore | None = None
    tags: TagsOrAny | None = None
