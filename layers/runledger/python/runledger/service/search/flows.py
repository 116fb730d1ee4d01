"""The search for flows."""

from runledger.service.search.search import Search
from runledger.store.search.flows import flow_searcher

FLOWS = Search(flow_searcher)
