"""The UI bundles of the package `prefect`: their files, adapted to the path of each bundle."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from local.settings import StartupError

# In the files, in place of the bundle's base path.
PLACEHOLDER = b"/PREFECT_UI_SERVE_BASE_REPLACE_PLACEHOLDER"
PAGE = "index.html"
# Windows may map it to text/plain, and browsers do not run such a script.
mimetypes.add_type("text/javascript", ".js")


class File(NamedTuple):
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Bundle:
    version: str
    base: str
    folder: Path

    def page(self) -> File:
        """The page of every path: its script routes the path."""
        return self._read(self.folder / PAGE)

    def file(self, path: str) -> File | None:
        """The file at a path below the base."""
        wanted = (self.folder / path.lstrip("/")).resolve()
        is_inside = wanted.is_relative_to(self.folder.resolve())
        return self._read(wanted) if is_inside and wanted.is_file() else None

    def _read(self, path: Path) -> File:
        media_type, _ = mimetypes.guess_type(path.name)
        content = path.read_bytes().replace(PLACEHOLDER, self.base.encode())
        return File(content, media_type or "application/octet-stream")


def find(package: Path) -> Sequence[Bundle]:
    """The newest first; the bundle at the root is last, since every path is below it."""
    bundles = (
        Bundle("v2", "/v2", package / "server" / "ui-v2"),
        Bundle("v1", "", package / "server" / "ui"),
    )
    found = [bundle for bundle in bundles if (bundle.folder / PAGE).is_file()]
    if not found:
        raise StartupError(f"{package} has no UI: give the folder of the package prefect")
    return found
