"""`python -m keys`: the entry point of `make keys`."""

import argparse
import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from keys.commands import CommandError, KeyCommands
from local import environment, settings
from local.cloudformation import deployed_stacks, template
from local.database import dynamodb, tables
from local.settings import StartupError
from runledger.domain.access import Scope
from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store


def main() -> int:
    given = _parser().parse_args()
    try:
        with _store(os.environ.get("STACK", "")) as store:
            lines = _run(KeyCommands(store, getpass.getuser(), datetime.now(UTC)), given)
    except ValidationError as error:
        lines, problem = [], str(error.errors()[0]["msg"])
    except (BotoCoreError, ClientError, CommandError, StartupError, Unavailable) as error:
        lines, problem = [], str(error)
    else:
        problem = ""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stderr.write(f"keys: {problem}\n" if problem else "")
    return 1 if problem else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='make keys ARGS="..."')
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="print a new key, which is shown only once")
    add.add_argument("name", help="a name for logs, such as etl")
    add.add_argument("--scope", choices=list(Scope), required=True, type=Scope)
    add.add_argument("--expires", metavar="TIME", help="the key's end, such as 2027-11-29")
    commands.add_parser("list", help="print all keys, without their secrets")
    revoke = commands.add_parser("revoke", help="end a key, within a minute")
    revoke.add_argument("key", help="the id of the key, or its name if no other live key has it")
    return parser


def _run(commands: KeyCommands, given: argparse.Namespace) -> Sequence[str]:
    if given.command == "add":
        return [commands.add(given.name, given.scope, given.expires)]
    if given.command == "revoke":
        return [commands.revoke(given.key)]
    return commands.lines()


@contextmanager
def _store(stack: str) -> Iterator[Store]:
    """Open the table of a deployed stack, or that of the local server's settings.

    Raises:
        StartupError: there is no such stack, or the local database can't be used.
    """
    if stack:
        yield Store(Table(boto3.client("dynamodb"), deployed_stacks.find(stack).table), shards=1)
        return
    chosen = settings.read(os.environ)
    api = template.load(parameters=chosen.parameters)
    with dynamodb.running(chosen) as database:
        environment.prepare(api, chosen, database.endpoint)
        tables.ensure(api, chosen.table, with_stream=True, is_own=database.is_own)
        client = boto3.client("dynamodb", endpoint_url=database.endpoint)
        yield Store(Table(client, chosen.table), shards=1)


if __name__ == "__main__":
    sys.exit(main())
