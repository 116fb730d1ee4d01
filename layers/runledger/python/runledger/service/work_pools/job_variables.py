"""Checks of job variables by the template of a work pool."""

from collections.abc import Mapping
from typing import Any

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.work_pools import job_templates
from runledger.domain.work_pools.pools import AGENT_POOL, WorkPool
from runledger.execution_limits import limited
from runledger.service.work_pools import pools
from runledger.store.store import Store


def check_deployment(store: Store, deployment: Deployment) -> None:
    """Check the job variables of a new deployment, which need not be complete.

    Raises:
        NotFound: it names an unknown pool.
        Invalid: they break the schema of the pool.
    """
    name, variables = deployment.work_pool_name, deployment.job_variables
    if not name or name == AGENT_POOL:
        return
    template = pools.find(store, name).document.pool.base_job_template
    if variables:
        doing = "creating deployment"
        with limited():
            job_templates.check_job_variables(template, variables, doing=doing, complete=False)


def check_run(pool: WorkPool, deployment: Deployment, variables: Mapping[str, Any] | None) -> None:
    """Check the job variables of a run, which are those of its deployment and its own.

    Raises:
        Invalid: they break the schema of the pool.
    """
    layers = (deployment.job_variables, variables)
    with limited():
        job_templates.check_job_variables(
            pool.base_job_template, *layers, doing="creating flow run", complete=True
        )
