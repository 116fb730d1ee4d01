"""Bodies of the default result storage (docs/contract/blocks.md 6)."""

from uuid import UUID

from runledger.domain.values import Value


class DefaultResultStorageUpdate(Value):
    """PUT /admin/storage; unknown keys are ignored."""

    default_result_storage_block_id: UUID


class DefaultResultStorage(Value):
    """The block for results that name no other storage, if one is set."""

    default_result_storage_block_id: UUID | None
