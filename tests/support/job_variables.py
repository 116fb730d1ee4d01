"""Checks of job variables, with a key of blocks of their own."""

from functools import partial

from runledger.service.work_pools.job_variables import JobVariableChecks
from runledger.store.blocks.encryption import BlockKey
from runledger.store.store import Store


def job_variable_checks(store: Store) -> JobVariableChecks:
    return JobVariableChecks(store, partial(BlockKey.of, "a key"))
