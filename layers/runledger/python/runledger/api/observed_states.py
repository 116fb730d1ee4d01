"""The query parameters of `GET /observed-states`."""

from typing import Annotated

from pydantic import BaseModel, Field

from runledger.domain.runs.observed_states import ObservedStateOrder, ObservedStateQuery

MAX_STATES = 200


class ReadObservedStates(BaseModel):
    """The parameters, in the order in which the reference checks them."""

    query: Annotated[str | None, Field(max_length=100)] = None
    order_by: ObservedStateOrder = ObservedStateOrder.LAST_SEEN_DESC
    limit: Annotated[int, Field(ge=1, le=MAX_STATES)] = MAX_STATES

    def to_query(self) -> ObservedStateQuery:
        return ObservedStateQuery(query=self.query, order_by=self.order_by, limit=self.limit)
