"""Installs the types of blocks that a server has from the beginning."""

from datetime import datetime

from runledger import ids
from runledger.domain.blocks.block_types import BLOCK_TYPES, BlockType
from runledger.domain.blocks.system_types import SYSTEM_TYPES, SystemType
from runledger.domain.errors import WriteConflict
from runledger.service.blocks import block_schemas
from runledger.service.blocks.block_schemas import NewSchema
from runledger.service.retries import retry_on_conflict
from runledger.store.documents.named_documents import NamedDocumentStore
from runledger.store.store import Store


def install(store: Store, *, now: datetime) -> None:
    """Create the types that are missing, with their schemas; protect those that clients made."""
    for system_type in SYSTEM_TYPES:
        block_type = retry_on_conflict(lambda wanted=system_type: _install(store, wanted, now))  # type: ignore[misc]
        new = NewSchema(system_type.fields, block_type.id, system_type.capabilities)
        block_schemas.create(store, new, now=now)


def _install(store: Store, wanted: SystemType, now: datetime) -> BlockType:
    types = NamedDocumentStore.of(store, BLOCK_TYPES)
    seen = types.read_by_name(wanted.slug)
    if seen is None:
        created = BlockType(
            id=ids.run_id(),
            created=now,
            updated=now,
            name=wanted.name,
            slug=wanted.slug,
            description=wanted.description,
            code_example=wanted.code_example,
            is_protected=True,
        ).with_html()
        if not types.create(created):
            raise WriteConflict(wanted.slug)
        return created
    if not seen.document.is_protected:
        types.rewrite(seen, seen.document.replace(is_protected=True, updated=now))
    return seen.document
