"""What can be asked about deployments."""

from runledger.domain.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import Page
from runledger.store.searching import Found
from runledger.store.store import Store


def search(store: Store, criteria: Criteria, page: Page) -> Found[Deployment]:
    """Return a page of the deployments that are wanted."""
    return store.deployments.searcher(criteria, page).find()


def count(store: Store, criteria: Criteria) -> int:
    """Return how many deployments are wanted."""
    return sum(1 for _ in store.deployments.searcher(criteria).facts())
