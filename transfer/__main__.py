"""`python -m transfer`: the entry point of `make export` and `make import`."""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.settings import StartupError
from transfer import chosen_table
from transfer.exporting import export
from transfer.importing import ImportOutcome, import_file
from transfer.lines import FormatError

GOES_ON = "The same command goes on where this one ended."


def main() -> int:
    chosen = _arguments()
    try:
        return _import(chosen) if chosen.command == "import" else _export(chosen.file)
    except (FormatError, StartupError, OSError) as error:
        sys.stderr.write(f"{chosen.command}: {error}\n")
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{chosen.command}: {error}\n{GOES_ON}\n")
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{chosen.command}: interrupted. {GOES_ON}\n")
        return 130
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("export", "import"):
        command = commands.add_parser(name)
        command.add_argument("file", type=Path)
    command.add_argument(
        "--overwrite", action="store_true", help="replace items that are different in the table"
    )
    return parser.parse_args()


def _export(file: Path) -> int:
    with chosen_table.opened(may_create=False) as table:
        number = export(table, file)
    sys.stdout.write(f"exported {number} items of {table.table} into {file}\n")
    return 0


def _import(chosen: argparse.Namespace) -> int:
    with chosen_table.opened(may_create=True) as table:
        outcome = import_file(table, chosen.file, overwrite=chosen.overwrite)
    sys.stdout.write("".join(f"{line}\n" for line in _lines(outcome, table.table)))
    return 1 if outcome.different else 0


def _lines(outcome: ImportOutcome, table: str) -> list[str]:
    lines = [
        f"imported {outcome.written} items into {table}; {outcome.same} were there",
        "The table's stream counts the runs by state, when its functions run.",
    ]
    if outcome.left_out:
        lines.append(f"{outcome.left_out} items had expired since the export")
    if outcome.different:
        lines += [
            f"{outcome.different} items are different in the table, and stay as they are there:",
            *(f"  {key.pk} {key.sk}" for key in outcome.conflicts),
            *(["  ..."] if outcome.different > len(outcome.conflicts) else []),
            "--overwrite replaces them by those of the file",
        ]
    return lines


if __name__ == "__main__":
    sys.exit(main())
