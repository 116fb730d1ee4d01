"""Flows with their deployments, flow runs and task runs, and what a search must find among them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.sorting import Page, rank_deployment, rank_flow, rank_flow_run, rank_task_run
from runledger.store import items
from runledger.store.deployments import deployment_items, flow_items
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.search.deployments import deployment_searcher
from runledger.store.search.executor import Searcher
from runledger.store.search.flow_runs import flow_run_searcher
from runledger.store.search.flows import flow_searcher
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.populations import flow_run_writes, task_run_writes, write
from tests.support.databases import DynamoDB
from tests.support.facts import facts_of, flow_run_facts

SEARCHERS: dict[str, Callable[[Store, Criteria, Page], Searcher[Any, Any]]] = {
    "task_runs": task_run_searcher,
    "flow_runs": flow_run_searcher,
    "flows": flow_searcher,
    "deployments": deployment_searcher,
}

RANKS: dict[str, Callable[[Any, Page], tuple[Any, ...]]] = {
    "task_runs": lambda stored, page: rank_task_run(facts_of(stored), page),
    "flow_runs": lambda run, page: rank_flow_run(flow_run_facts(run), page.order.column),
    "flows": lambda flow, page: rank_flow(flow, page.order.column),
    "deployments": lambda one, page: rank_deployment(one, page.order.column),
}


class World(NamedTuple):
    flows: Sequence[Flow]
    deployments: Sequence[Deployment]
    flow_runs: Sequence[FlowRun]
    task_runs: Sequence[Stored]

    def fill(self, database: DynamoDB, shards: int) -> None:
        """Put all of it as the store would, but for claims and states."""
        deployments = [
            deployment_items.deployment_item(SeenDeployment(one), shards=shards)
            for one in self.deployments
        ]
        flows = [self._flow_item(flow, shards) for flow in self.flows]
        alone = [*flows, *deployments, *map(self._name, self.flows), *self._links()]
        runs = [
            *task_run_writes(self.task_runs, shards=shards),
            *flow_run_writes(self.flow_runs, shards=shards),
        ]
        write(database, [*map(Put, alone), *runs])

    def _flow_item(self, flow: Flow, shards: int) -> Item:
        count = sum(one.flow_id == flow.id for one in self.deployments)
        return {**flow_items.flow_item(flow, shards=shards), "deployments": count}

    def _name(self, flow: Flow) -> Item:
        return items.pointer_item(keys.flow_name(flow.name), flow.id)

    def _links(self) -> list[Item]:
        """Lead from task runs and deployments to their flow runs."""
        subflows = [
            items.pointer_item(keys.subflow(run.parent_task_run_id, run.id), run.id)
            for run in self.flow_runs
            if run.parent_task_run_id
        ]
        deployed = [
            items.pointer_item(keys.flow_run_of_deployment(run.deployment_id, run.id), run.id)
            for run in self.flow_runs
            if run.deployment_id
        ]
        return [*subflows, *deployed]

    def wanted(self, kind: str, criteria: Criteria, page: Page) -> tuple[list[UUID], int]:
        """Return the ids on a page, and how many there are on all: what a search must find."""
        wants: dict[str, Callable[[Any, Criteria], bool]] = {
            "task_runs": self._wants_task_run,
            "flow_runs": self._wants_flow_run,
            "flows": self._wants_flow,
            "deployments": self._wants_deployment,
        }
        found = [one for one in getattr(self, kind) if wants[kind](one, criteria)]
        found.sort(key=lambda one: RANKS[kind](one, page), reverse=page.order.reverse)
        ids = [one.run.id if isinstance(one, Stored) else one.id for one in found]
        return ids[page.offset : page.offset + page.limit], len(ids)

    def _wants_task_run(self, stored: Stored, criteria: Criteria) -> bool:
        above = next((run for run in self.flow_runs if run.id == stored.run.flow_run_id), None)
        return criteria.matches(facts_of(stored), self._lineage(above) if above else None)

    def _wants_flow_run(self, run: FlowRun, criteria: Criteria) -> bool:
        ancestry = self._lineage(run)
        above = all(one.matches(ancestry) for one in criteria.of_ancestry)
        return above and self._has_task_run(run, criteria)

    def _wants_flow(self, flow: Flow, criteria: Criteria) -> bool:
        deployments = [one for one in self.deployments if one.flow_id == flow.id]
        ancestries = [self._of_deployment(one) for one in deployments]
        itself = Ancestry(flow=flow, flow_has_deployment=bool(deployments))
        return (
            (criteria.flows is None or criteria.flows.matches(itself))
            and (criteria.deployments is None or any(map(criteria.deployments.matches, ancestries)))
            and self._has_run([one for one in self.flow_runs if one.flow_id == flow.id], criteria)
        )

    def _wants_deployment(self, deployment: Deployment, criteria: Criteria) -> bool:
        ancestry = self._of_deployment(deployment)
        runs = [one for one in self.flow_runs if one.deployment_id == deployment.id]
        asked = (criteria.flows, criteria.deployments)
        return all(one.matches(ancestry) for one in asked if one) and self._has_run(runs, criteria)

    def _has_run(self, runs: Sequence[FlowRun], criteria: Criteria) -> bool:
        """Tell whether one run meets what is asked of runs and of their task runs."""
        wanted = criteria.flow_runs
        if wanted is None and criteria.task_runs is None:
            return True
        return any(
            (wanted is None or wanted.matches(self._lineage(run)))
            and self._has_task_run(run, criteria)
            for run in runs
        )

    def _has_task_run(self, run: FlowRun, criteria: Criteria) -> bool:
        wanted = criteria.task_runs
        own = (facts_of(one) for one in self.task_runs if one.run.flow_run_id == run.id)
        return wanted is None or any(map(wanted.matches, own))

    def _lineage(self, run: FlowRun) -> Ancestry:
        parents = (one.run for one in self.task_runs if one.run.id == run.parent_task_run_id)
        deployments = (one for one in self.deployments if one.id == run.deployment_id)
        deployment = next(deployments, None)
        return Ancestry(
            flow_run=flow_run_facts(run),
            flow=self._flow(run.flow_id),
            deployment=deployment,
            deployment_flow=self._flow(deployment.flow_id) if deployment else None,
            flow_has_deployment=any(one.flow_id == run.flow_id for one in self.deployments),
            parent_flow_run_id=next((parent.flow_run_id for parent in parents), None),
        )

    def _of_deployment(self, deployment: Deployment) -> Ancestry:
        flow = self._flow(deployment.flow_id)
        return Ancestry(
            flow=flow, deployment=deployment, deployment_flow=flow, flow_has_deployment=True
        )

    def _flow(self, flow_id: UUID) -> Flow:
        return next(flow for flow in self.flows if flow.id == flow_id)
