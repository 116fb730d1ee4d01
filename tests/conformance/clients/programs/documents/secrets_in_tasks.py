"""Save secrets, or load them in tasks: one by itself, one inside of a block of our own."""

import json
import sys
from hashlib import sha256

from prefect import flow, task
from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from pydantic import SecretStr


class Warehouse(Block):  # type: ignore[misc] # its types are in its own environment
    """A database, with a password of its own and a token that is a block."""

    host: str
    password: SecretStr
    token: Secret


def digest(text: str) -> str:
    """Return a hash, which shows that a secret was there where the secret itself must not be."""
    return sha256(text.encode()).hexdigest()


@task
def sign_in() -> str:
    return digest(Secret.load("token").get())


@task
def connect() -> list[str]:
    warehouse = Warehouse.load("warehouse")
    password = warehouse.password.get_secret_value()
    return [warehouse.host, digest(password), digest(warehouse.token.get())]


@flow
def use_secrets() -> list[str]:
    return [sign_in(), *connect()]


def save(token: str, password: str) -> None:
    Secret(value=token).save("token")
    Warehouse(host="db", password=password, token=Secret.load("token")).save("warehouse")


if sys.argv[1:]:
    save(*sys.argv[1:])
else:
    print(json.dumps(use_secrets()))
