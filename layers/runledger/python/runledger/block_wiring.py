"""The key of blocks, read once; apart from `wiring`: other functions import less."""

from functools import cache
from pathlib import Path

from runledger import wiring
from runledger.settings import settings
from runledger.store.blocks.encryption import BlockKey


@cache
def block_key() -> BlockKey:
    """Return the key by which the data of blocks is encrypted.

    AWS Secrets Manager keeps it, or a file that the settings name.
    """
    file = settings().block_key_file
    text = Path(file).read_text("utf-8") if file else _secret(settings().block_key_secret)
    return BlockKey.of(text)


def _secret(arn: str) -> str:
    import boto3  # noqa: PLC0415 - once in the life of a function

    client = boto3.client("secretsmanager", config=wiring.boto3_config())
    return str(client.get_secret_value(SecretId=arn)["SecretString"])
