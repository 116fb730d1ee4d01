"""Encrypts the data of blocks: AES-256 in Galois/Counter Mode, whose tag shows any change.

The key is derived from a text that AWS Secrets Manager or a file keeps. What is encrypted names its
key, and is bound to its document: it can't be decrypted as another one's.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from os import urandom
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import UUID

from pydantic_core import from_json, to_json

from runledger.domain.errors import Mismatch

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Bytes of a key's id, and of the number that is used once.
KEY_ID, NONCE = 4, 12
PURPOSE = b"runledger block documents 1"


class BlockKey(NamedTuple):
    """A key, and the beginning of its hash."""

    id: bytes
    secret: bytes

    @classmethod
    def of(cls, text: str) -> Self:
        """Derive the key from a text with at least 256 random bits."""
        secret = sha256(PURPOSE + text.strip().encode()).digest()
        return cls(sha256(secret).digest()[:KEY_ID], secret)

    def seal(self, document_id: UUID, data: dict[str, Any]) -> str:
        """Encrypt the data of a document."""
        nonce = urandom(NONCE)
        encrypted = self._cipher.encrypt(nonce, to_json(data), document_id.bytes)
        return b64encode(self.id + nonce + encrypted).decode()

    def open(self, document_id: UUID, sealed: str) -> dict[str, Any]:
        """Decrypt the data of a document.

        Raises:
            Mismatch: it was encrypted with another key, or changed.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as below

        raw = b64decode(sealed)
        nonce, encrypted = raw[KEY_ID : KEY_ID + NONCE], raw[KEY_ID + NONCE :]
        try:
            data: dict[str, Any] = from_json(
                self._cipher.decrypt(nonce, encrypted, document_id.bytes)
            )
        except InvalidTag:
            raise Mismatch(self._refusal(document_id, raw[:KEY_ID])) from None
        return data

    def _refusal(self, document_id: UUID, used: bytes) -> str:
        if used == self.id:
            return f"The data of the block document {document_id} is damaged."
        return (
            f"The data of the block document {document_id} was encrypted with the key {used.hex()},"
            f" and the key of this server is {self.id.hex()}: give it the key from before."
        )

    @property
    def _cipher(self) -> "AESGCM":
        # Only the functions that read or write blocks have this package.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        return AESGCM(self.secret)


# Reads the key: who meets no block does not need it.
KeySource = Callable[[], BlockKey]
