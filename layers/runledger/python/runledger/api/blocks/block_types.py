"""Request bodies of block types (docs/contract/blocks.md 1)."""

from datetime import datetime
from typing import Any

from runledger import ids
from runledger.api.bodies import Body
from runledger.api.queries import Limited, Offset
from runledger.domain.blocks.block_types import BlockName, BlockType, Slug
from runledger.domain.filters.blocks import BlockSchemaFilter, BlockTypeFilter


class BlockTypeCreate(Body):
    """POST /block_types/."""

    name: BlockName
    slug: Slug
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None

    def to_block_type(self, now: datetime) -> BlockType:
        return BlockType(id=ids.run_id(), created=now, updated=now, **dict(self)).with_html()


class BlockTypeUpdate(Body):
    """PATCH /block_types/{id}."""

    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ReadBlockTypes(Limited):
    """POST /block_types/filter."""

    block_types: BlockTypeFilter | None = None
    block_schemas: BlockSchemaFilter | None = None
    offset: Offset = 0
