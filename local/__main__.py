"""`python -m local`: the entry point of `make run`."""

import os
import sys

from local import settings


def main() -> int:
    try:
        chosen = settings.read(os.environ)
        # Imported once the settings are right: it takes most of the time of a start that fails.
        from local import server  # noqa: PLC0415

        server.run(chosen)
    except settings.StartupError as error:
        sys.stderr.write(f"runledger: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
