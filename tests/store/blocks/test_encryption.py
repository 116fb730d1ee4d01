import re
from base64 import b64decode, b64encode
from uuid import uuid4

import boto3
import moto
import pytest

from runledger import block_wiring, wiring
from runledger.domain.errors import Mismatch
from runledger.store.blocks.encryption import BlockKey

KEY, OTHER = BlockKey.of("a text with many random bits\n"), BlockKey.of("another")
DATA = {"password": "x" * 100, "é": [1.5, None, {"deep": True}]}


def test_data_is_read_back_and_never_encrypted_alike() -> None:
    document = uuid4()
    first, second = (KEY.seal(document, DATA) for _ in range(2))
    assert KEY.open(document, first) == KEY.open(document, second) == DATA
    assert first != second
    assert BlockKey.of("a text with many random bits") == KEY


def test_data_of_another_key_or_document_is_refused_as_what_it_is() -> None:
    document = uuid4()
    sealed = KEY.seal(document, DATA)
    with pytest.raises(Mismatch, match=f"with the key {KEY.id.hex()}, and .* {OTHER.id.hex()}"):
        OTHER.open(document, sealed)
    with pytest.raises(Mismatch, match="is damaged"):
        KEY.open(uuid4(), sealed)


@pytest.mark.parametrize("position", [5, 20, -1])
def test_changed_data_is_refused(position: int) -> None:
    document = uuid4()
    raw = bytearray(b64decode(KEY.seal(document, DATA)))
    raw[position] ^= 1
    with pytest.raises(Mismatch, match=re.escape(f"{document} is damaged")):
        KEY.open(document, b64encode(raw).decode())


def test_the_key_is_that_of_secrets_manager_and_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with moto.mock_aws():
        client = boto3.client("secretsmanager")
        secret = client.create_secret(Name="blocks", SecretString="of AWS")["ARN"]
        monkeypatch.setenv("TABLE_NAME", "table")
        monkeypatch.setenv("BLOCK_KEY_SECRET", secret)
        monkeypatch.delenv("BLOCK_KEY_FILE", raising=False)
        wiring.reset()
        block_wiring.block_key.cache_clear()
        assert block_wiring.block_key() == BlockKey.of("of AWS")
        client.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
        assert block_wiring.block_key() == BlockKey.of("of AWS")
    block_wiring.block_key.cache_clear()
    wiring.reset()
