"""Request bodies and parameters of block schemas (docs/contract/blocks.md 2)."""

from typing import Any
from uuid import UUID

from runledger.api.bodies import Body
from runledger.api.queries import Limited, Offset
from runledger.domain.blocks.block_schemas import NO_VERSION
from runledger.domain.filters.blocks import BlockSchemaFilter
from runledger.domain.values import Value


class BlockSchemaCreate(Body):
    """POST /block_schemas/."""

    fields: dict[str, Any] = {}
    block_type_id: UUID
    capabilities: list[str] = []
    version: str = NO_VERSION


class ReadBlockSchemas(Limited):
    """POST /block_schemas/filter."""

    block_schemas: BlockSchemaFilter | None = None
    offset: Offset = 0


class SchemaVersion(Value):
    """The version that GET /block_schemas/checksum/{checksum} asks for; None: the newest."""

    version: str | None = None
