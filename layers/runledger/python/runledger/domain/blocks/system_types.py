"""The types of blocks that a server has from the beginning, with the schemas of their forms.

Names, slugs, fields and capabilities are what clients expect; the descriptions are ours. A client
that saves such a block registers its own schema beside ours (docs/contract/blocks.md 5).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class SystemType(NamedTuple):
    """A protected type, and its schema."""

    name: str
    slug: str
    description: str
    code_example: str
    fields: Mapping[str, Any]
    capabilities: tuple[str, ...] = ()


SECRET = SystemType(
    name="Secret",
    slug="secret",
    description="Keeps one value secret, such as a password. Lists and forms show stars instead.",
    code_example=(
        "```python\n"
        "from prefect.blocks.system import Secret\n\n"
        'Secret(value="...").save("my-secret")\n'
        'Secret.load("my-secret").get()\n'
        "```"
    ),
    fields={
        "title": "Secret",
        "type": "object",
        "block_type_slug": "secret",
        "properties": {
            "value": {
                "title": "Value",
                "description": "The value to keep: a text, or any JSON.",
                "anyOf": [
                    {"type": "string", "format": "password", "writeOnly": True},
                    {"title": "string", "type": "string"},
                    {"title": "JSON"},
                ],
                "format": "password",
                "writeOnly": True,
                "position": 0,
            }
        },
        "required": ["value"],
        "secret_fields": ["value"],
    },
)

LOCAL_FILE_SYSTEM = SystemType(
    name="Local File System",
    slug="local-file-system",
    description="A folder of the machine on which a run works, for results and other files.",
    code_example=(
        "```python\n"
        "from prefect.filesystems import LocalFileSystem\n\n"
        'LocalFileSystem(basepath="/data").save("my-files")\n'
        'LocalFileSystem.load("my-files").write_path("a.txt", b"content")\n'
        "```"
    ),
    fields={
        "title": "LocalFileSystem",
        "type": "object",
        "block_type_slug": "local-file-system",
        "properties": {
            "basepath": {
                "title": "Basepath",
                "description": "The folder for relative paths.",
                "anyOf": [{"type": "string"}, {"type": "null"}],
                "default": None,
                "position": 0,
            }
        },
        "secret_fields": [],
    },
    capabilities=("get-directory", "put-directory", "read-path", "write-path"),
)

WEBHOOK = SystemType(
    name="Webhook",
    slug="webhook",
    description="Sends HTTP requests to a URL that nobody else shall know.",
    code_example=(
        "```python\n"
        "from prefect.blocks.webhook import Webhook\n\n"
        'webhook = Webhook.load("my-webhook")\n'
        'await webhook.call(payload={"text": "done"})\n'
        "```"
    ),
    fields={
        "title": "Webhook",
        "type": "object",
        "block_type_slug": "webhook",
        "properties": {
            "method": {
                "title": "Method",
                "description": "The method of the requests.",
                "type": "string",
                "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"],
                "default": "POST",
                "position": 0,
            },
            "url": {
                "title": "Webhook URL",
                "description": "Where the requests go; it is kept secret.",
                "type": "string",
                "format": "password",
                "writeOnly": True,
                "position": 1,
            },
            "headers": {
                "title": "Webhook Headers",
                "description": "Headers of each request; their values are kept secret.",
                "type": "object",
                "position": 2,
            },
            "allow_private_urls": {
                "title": "Allow Private Urls",
                "description": "Whether the URL may lead into a private network.",
                "type": "boolean",
                "default": True,
                "position": 3,
            },
            "verify": {
                "title": "Verify",
                "description": "Whether the certificate of the other side is checked.",
                "type": "boolean",
                "default": True,
                "position": 4,
            },
        },
        "required": ["url"],
        "secret_fields": ["url", "headers.*"],
    },
)

SYSTEM_TYPES = (WEBHOOK, SECRET, LOCAL_FILE_SYSTEM)
