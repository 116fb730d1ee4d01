"""The filters of work pools and their queues. There are none, so given filters match nothing."""

from runledger.domain.filters.criterion import Criterion, ObjectFilter
from runledger.domain.filters.fields import Id, Text
from runledger.domain.filters.operators import AnyOf


class QueueName(Criterion):
    any_: AnyOf[str] = None
    startswith_: list[str] | None = None


class WorkPoolFilter(ObjectFilter):
    id: Id | None = None
    name: Text | None = None
    type: Text | None = None


class WorkQueueFilter(ObjectFilter):
    id: Id | None = None
    name: QueueName | None = None
