"""Types of blocks (docs/contract/blocks.md 1)."""

import html
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from runledger.domain.named_documents.nouns import NamedDocument, Noun

BlockName = Annotated[str, Field(pattern=r"^[^/%&><]+$")]

# As in the reference, an empty name is one, and a name may end in a newline.
NAME = re.compile(r"^[a-z0-9-]*$")

# The beginning of the names that the reference keeps for itself, in any case.
RESERVED = "prefect"

# The fields that an update may change, and of these the texts that a new type stores as HTML.
CHANGEABLE = ("logo_url", "documentation_url", "description", "code_example")
TEXTS = ("description", "code_example")


def checked_slug(slug: str) -> str:
    """Refuse a slug that has other characters than a URL should."""
    return _checked(slug, "Block type slug")


def checked_document_name(name: str) -> str:
    """Refuse a name of a document that has other characters than a URL should."""
    return _checked(name, "Block document name")


def _checked(text: str, subject: str) -> str:
    if not NAME.match(text):
        raise ValueError(f"{subject} must only contain lowercase letters, numbers, and dashes.")
    return text


Slug = Annotated[str, AfterValidator(checked_slug)]
BlockDocumentName = Annotated[BlockName, AfterValidator(checked_document_name)]


class BlockType(NamedDocument):
    """A type of blocks; its fields are in the order of the wire."""

    name: str
    slug: str
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None
    is_protected: bool = False

    def with_html(self) -> "BlockType":
        """Return the type with its texts as a new type stores them."""
        texts = {name: getattr(self, name) for name in TEXTS if getattr(self, name) is not None}
        return self.replace(
            **{name: html.escape(text, quote=False) for name, text in texts.items()}
        )

    def is_changed_by(self, changes: Mapping[str, Any]) -> bool:
        """Return whether an update says anything new.

        One that does not send all fields does, as in the reference.
        """
        stored = {name: _without_html(name, getattr(self, name)) for name in CHANGEABLE}
        return stored != {name: _without_html(name, changes[name]) for name in changes}


def _without_html(name: str, value: str | None) -> str | None:
    return html.unescape(value) if name in TEXTS and value is not None else value


def is_reserved(name: str) -> bool:
    """Return whether the reference keeps a name of a type for itself."""
    return name.lower().startswith(RESERVED)


BLOCK_TYPES = Noun(
    "BLOCK_TYPE",
    BlockType,
    unique=lambda block_type: (block_type.slug,),
    not_found="Block type not found",
    taken=lambda block_type: f'Block type with name "{block_type.name}" already exists',
)
