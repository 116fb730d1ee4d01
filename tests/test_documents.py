"""Names in the documents exist: files, their sections, tests and modules."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "layers/runledger/python/runledger"
DOCUMENTS = sorted(
    subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],  # noqa: S607
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
)
# Their paths are checked wherever they stand; other documents name files that others have.
GUIDES = (
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/contract/README.md",
    "examples/README.md",
)

LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# `tests/test_template.py::test_a`, `domain/states.py`, `functions/`, but not `/task_runs/`.
PATH = re.compile(r"`([\w.][\w./-]*(?:\.(?:py|md|json|toml|yaml)|/))(?:::(\w+))?`")

# What comments cite: `docs/contract/filters.md 6`, `docs/contract/orchestration.md R2 and R10`.
CONTRACT = REPOSITORY / "docs/contract"
CITATION = re.compile(r"docs/contract/([\w-]+)\.md((?:(?:,| and)? R?\d[\d.]*)*)")
SECTION = re.compile(r"R?\d+(?:\.\d+)*")
MODULES = sorted(
    path
    for folder in ("functions", "layers", "local", "tests")
    for path in (REPOSITORY / folder).rglob("*.py")
    if "node_modules" not in path.parts
)


def dead_links(document: Path) -> list[str]:
    """The links of a document that lead to no file of ours, or to no heading in it."""
    links = LINK.findall(FENCED.sub("", document.read_text("utf-8")))
    return [
        f"{path}#{heading}"
        for path, heading in links
        if "://" not in path and not _leads_somewhere(document, path, heading)
    ]


def _leads_somewhere(document: Path, path: str, heading: str) -> bool:
    target = document.parent / path if path else document
    return target.exists() and (not heading or heading in _anchors(target))


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub spells them."""
    headings = HEADING.findall(FENCED.sub("", document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def unknown_paths(text: str) -> list[str]:
    """The paths in backticks that are neither in the repository nor in the package."""
    return [
        f"{path}::{function}" if function else path
        for path, function in PATH.findall(text)
        if not any(_has(folder / path, function) for folder in (REPOSITORY, PACKAGE))
    ]


def _has(path: Path, function: str) -> bool:
    return path.exists() and (not function or function in _functions(path))


def _functions(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def unknown_sections(text: str) -> list[str]:
    """The pages and sections about the reference that a text cites, and that do not exist."""
    return [
        f"{page} {section}".rstrip()
        for page, sections in CITATION.findall(text)
        for section in SECTION.findall(sections) or [""]
        if not _is_section(CONTRACT / f"{page}.md", section)
    ]


def _is_section(page: Path, section: str) -> bool:
    heading = re.compile(rf"^#+ {re.escape(section)}\b", re.MULTILINE)
    return page.exists() and bool(heading.search(page.read_text("utf-8")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_and_headings(name: str) -> None:
    assert dead_links(REPOSITORY / name) == []


@pytest.mark.parametrize("name", GUIDES)
def test_paths_are_those_of_files_and_functions(name: str) -> None:
    assert unknown_paths((REPOSITORY / name).read_text("utf-8")) == []


def test_citations_name_sections() -> None:
    cited = {path: path.read_text("utf-8") for path in MODULES if path != Path(__file__)}
    unknown = {str(path): unknown_sections(text) for path, text in cited.items()}
    assert {path: sections for path, sections in unknown.items() if sections} == {}


def test_a_link_to_nothing_is_found_out(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "# A `page`, of two\n"
        "[here](#a-page-of-two) [itself](page.md#a-page-of-two) [away](https://a.example/b#c)\n"
        "[nowhere](#a-page) [none](none.md) [of none](page.md#none)\n"
    )
    assert dead_links(document) == ["#a-page", "none.md#", "page.md#none"]


def test_a_path_of_nothing_is_found_out() -> None:
    here = "tests/test_documents.py"
    text = (
        f"`{here}` `{here}::unknown_paths` `domain/` `domain/errors.py` `/api/` `functions/<noun>/`"
        f"`{here}::none` `tests/none.py` `none/` `domain/none.py`"
    )
    unknown = [f"{here}::none", "tests/none.py", "none/", "domain/none.py"]
    assert unknown_paths(text) == unknown


def test_a_citation_of_nothing_is_found_out() -> None:
    text = (
        "docs/contract/filters.md 6, docs/contract/neighbours.md 2 and 3.2; and\n"
        "(docs/contract/orchestration.md R2 and R10). See docs/contract/task-runs.md 1.2.\n"
        "docs/contract/none.md, docs/contract/filters.md 9\n"
        "docs/contract/orchestration.md R2 and R13"
    )
    assert unknown_sections(text) == ["none", "filters 9", "orchestration R13"]
