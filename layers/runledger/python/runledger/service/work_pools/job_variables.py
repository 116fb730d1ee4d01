"""Checks of job variables by the template of a work pool."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from runledger.domain.work_pools import job_templates
from runledger.domain.work_pools.job_templates import BlockData, Schema
from runledger.execution_limits import limited
from runledger.store.blocks.encryption import KeySource
from runledger.store.store import Store

CREATING_RUN, UPDATING_RUN = "creating flow run", "updating flow run"


class JobVariableChecks(NamedTuple):
    """Checks by the schema of a pool's variables, whose defaults may be blocks."""

    store: Store
    block_key: KeySource

    def of_pool(self, template: Mapping[str, Any]) -> None:
        """Check the defaults of a new pool.

        Raises:
            Invalid: they break their schema, or that is none.
            NotFound: a block that is a default is missing.
        """
        known = self._known(template)
        if known:
            with limited():
                job_templates.check_defaults(*known)

    def of_deployment(self, template: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        """Check the job variables of a new deployment, which need not be complete.

        Raises:
            Invalid: they break the schema of the pool, or that is none.
            NotFound: a block that is a default is missing.
        """
        if variables:
            self._check(template, variables, doing="creating deployment", complete=False)

    def of_run(
        self,
        template: Mapping[str, Any],
        *layers: Mapping[str, Any] | None,
        doing: str = CREATING_RUN,
    ) -> None:
        """Check the job variables of a run, which are those of its deployment and its own.

        Raises:
            Invalid: they break the schema of the pool, or that is none.
            NotFound: a block that is a default is missing.
        """
        self._check(template, *layers, doing=doing, complete=True)

    def _check(
        self,
        template: Mapping[str, Any],
        *layers: Mapping[str, Any] | None,
        doing: str,
        complete: bool,
    ) -> None:
        known = self._known(template)
        if known:
            schema, blocks = known
            with limited():
                job_templates.check_job_variables(
                    schema, *layers, blocks=blocks, doing=doing, complete=complete
                )

    def _known(self, template: Mapping[str, Any]) -> tuple[Schema, BlockData] | None:
        """Return the schema of a template's variables, and the blocks that it names."""
        with limited():
            schema = job_templates.variables_schema(template)
        return (schema, self._blocks(schema)) if schema else None

    def _blocks(self, schema: Schema) -> BlockData:
        wanted = job_templates.named_blocks(schema)
        if not wanted:
            return {}
        from runledger.service.blocks import block_reads  # noqa: PLC0415 - few pools name any

        return block_reads.data_of(self.store, self.block_key(), wanted)
