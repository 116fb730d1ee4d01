"""The filters of blocks: of their types, schemas and documents (docs/contract/blocks.md 4)."""

from functools import cached_property
from operator import attrgetter

from runledger.domain.filters.criterion import Criterion, ObjectFilter, on
from runledger.domain.filters.fields import Id, Name, Text
from runledger.domain.filters.operators import AllTags, Equal, Like, Test


class TypeName(Criterion):
    like_: Like = None


class Capabilities(Criterion):
    all_: AllTags = None


class IsAnonymous(Criterion):
    eq_: Equal = None


class BlockTypeFilter(Criterion):
    """Unlike others, this filter has no operator."""

    name: TypeName | None = None
    slug: Text | None = None

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        given = {"name": self.name, "slug": self.slug}
        return tuple(on(attrgetter(name), part.test) for name, part in given.items() if part)


class BlockSchemaFilter(ObjectFilter):
    block_type_id: Id | None = None
    block_capabilities: Capabilities | None = None
    id: Id | None = None
    version: Text | None = None


NOT_ANONYMOUS = IsAnonymous.model_construct(eq_=False)


class BlockDocumentFilter(ObjectFilter):
    """Without a criterion of its own, it leaves out anonymous documents."""

    id: Id | None = None
    is_anonymous: IsAnonymous | None = NOT_ANONYMOUS
    block_type_id: Id | None = None
    name: Name | None = None
