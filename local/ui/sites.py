"""The UIs in the package `prefect`: files, adapted to the path that they are served at."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from local.settings import Unusable

# Stands in the files wherever the path belongs at which the site is served.
PLACEHOLDER = b"/PREFECT_UI_SERVE_BASE_REPLACE_PLACEHOLDER"
PAGE = "index.html"
# Windows may call it plain text, and browsers run no such script.
mimetypes.add_type("text/javascript", ".js")


class File(NamedTuple):
    content: bytes
    kind: str


@dataclass(frozen=True)
class Site:
    version: str
    base: str
    folder: Path

    def page(self) -> File:
        """What is shown at every path of the site: its script looks at the path by itself."""
        return self._made(self.folder / PAGE)

    def file(self, path: str) -> File | None:
        """What lies at a path below the base."""
        wanted = (self.folder / path.lstrip("/")).resolve()
        is_ours = wanted.is_relative_to(self.folder.resolve())
        return self._made(wanted) if is_ours and wanted.is_file() else None

    def _made(self, path: Path) -> File:
        kind, _ = mimetypes.guess_type(path.name)
        content = path.read_bytes().replace(PLACEHOLDER, self.base.encode())
        return File(content, kind or "application/octet-stream")


def found(package: Path) -> Sequence[Site]:
    """The newest first; that which stands at the root comes last, for every path is below it."""
    sites = (
        Site("v2", "/v2", package / "server" / "ui-v2"),
        Site("v1", "", package / "server" / "ui"),
    )
    there = [site for site in sites if (site.folder / PAGE).is_file()]
    if not there:
        raise Unusable(f"{package} has no UI: give the folder of the package prefect")
    return there
