"""Request bodies and parameters of block documents (docs/contract/blocks.md 3)."""

from typing import Any
from uuid import UUID

from pydantic import model_validator

from runledger.api.bodies import Body
from runledger.api.queries import Limited, Offset
from runledger.domain.blocks.block_documents import BlockDocumentSort, DocumentChanges
from runledger.domain.blocks.block_types import BlockDocumentName
from runledger.domain.filters.blocks import (
    BlockDocumentFilter,
    BlockSchemaFilter,
    BlockTypeFilter,
)
from runledger.domain.values import Value


class BlockDocumentCreate(Body):
    """POST /block_documents/."""

    name: BlockDocumentName | None = None
    data: dict[str, Any] = {}
    block_schema_id: UUID
    block_type_id: UUID
    is_anonymous: bool = False

    @model_validator(mode="before")
    @classmethod
    def check_name(cls, given: object) -> object:
        """Refuse a document that has no name and is not anonymous."""
        if isinstance(given, dict) and not given.get("is_anonymous") and not given.get("name"):
            raise ValueError("Names must be provided for block documents.")
        return given


class BlockDocumentUpdate(Body):
    """PATCH /block_documents/{id}."""

    block_schema_id: UUID | None = None
    data: dict[str, Any] = {}
    merge_existing_data: bool = True

    def changes(self) -> DocumentChanges:
        """Return the changes; without `data`, only an update that replaces it changes anything."""
        is_sent = "data" in self.model_fields_set or not self.merge_existing_data
        data = self.data if is_sent else None
        return DocumentChanges(data, self.block_schema_id, self.merge_existing_data)


class BlockDocumentCriteria(Value):
    """POST /block_documents/count."""

    block_documents: BlockDocumentFilter | None = None
    block_types: BlockTypeFilter | None = None
    block_schemas: BlockSchemaFilter | None = None


class ReadBlockDocuments(BlockDocumentCriteria, Limited):
    """POST /block_documents/filter."""

    include_secrets: bool = False
    sort: BlockDocumentSort = BlockDocumentSort.NAME_ASC
    offset: Offset = 0


class Including(Value):
    """Whether a read document shall have its secrets."""

    include_secrets: bool = False
