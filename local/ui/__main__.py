"""`python -m local.ui FOLDER`: serve the UIs in the folder of the package `prefect`."""

import os
import sys

from local.settings import Unusable
from local.ui import serving, settings


def main() -> int:
    try:
        serving.run(settings.read(os.environ, sys.argv[1:]))
    except Unusable as problem:
        sys.stderr.write(f"runledger: {problem}\n")
        return 1
    return 0


sys.exit(main())
