"""What `GET /observed-states` is asked by its query."""

from typing import Annotated

from pydantic import BaseModel, Field

from runledger.domain.runs.observed_states import ObservedStateOrder, WantedStates

MAX_STATES = 200


class ReadObservedStates(BaseModel):
    """The parameters, in the order in which the reference checks them."""

    query: Annotated[str | None, Field(max_length=100)] = None
    order_by: ObservedStateOrder = ObservedStateOrder.LAST_SEEN_DESC
    limit: Annotated[int, Field(ge=1, le=MAX_STATES)] = MAX_STATES

    def wanted(self) -> WantedStates:
        return WantedStates(query=self.query, order_by=self.order_by, limit=self.limit)
