"""Request and response bodies of keys, which the reference does not have."""

from typing import Annotated, Self

from pydantic import Field

from runledger.api.bodies import Body
from runledger.domain import access
from runledger.domain.access import Scope
from runledger.domain.api_keys import ApiKey, KeyName
from runledger.domain.values import UtcTime


class ApiKeyCreate(Body):
    """A new key: without `expires` it never ends by itself."""

    name: KeyName
    scope: Scope
    expires: UtcTime | None = None

    def to_key(self, secret: str, creator: str, created: UtcTime) -> ApiKey:
        """Return the key with this secret."""
        given = self.model_dump(include=set(ApiKeyCreate.model_fields))
        return ApiKey(id=access.key_id(secret), creator=creator, created=created, **given)


class NewApiKey(ApiKey):
    """A key when it was created: only now is its secret shown."""

    key: Annotated[str, Field(description="The secret. It is stored nowhere.")]

    @classmethod
    def of(cls, key: ApiKey, secret: str) -> Self:
        """Return a key with its secret."""
        return cls(key=secret, **key.model_dump())
