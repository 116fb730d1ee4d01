import ast
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).parent.parent
FOLDERS = (
    "examples",
    "functions",
    "keys",
    "layers",
    "local",
    "openapi",
    "recount",
    "retention",
    "tests",
    "transfer",
)
# Long enough that a subject need not be cut in two.
MAX_FILE, MAX_FUNCTION = 300, 40
# One module spells every key of the table.
LONG_FILES = {"layers/runledger/python/runledger/store/schema/keys.py": 700}
MAX_MODULES_IN_FOLDER = 20
# Filters whose class names stand in the answers to invalid bodies.
NAMED_ON_THE_WIRE = {"ConcurrencyLimit", "Text"}


class ImportBudget(NamedTuple):
    """The imports that a function may have, for a cold start pays for each.

    Modules of ours, packages among them; all modules, also Python's own; and kilobytes of source of
    all but Python's own, whose size differs between versions.
    """

    ours: int
    all: int
    kilobytes: int


class Definition(NamedTuple):
    kind: type[ast.AST]
    name: str
    docstring: str
    lines: int


# A larger one needs a reason: `make bench ARGS=cold` measures what it costs.
BUDGETS = {
    "read_task_run": ImportBudget(53, 282, 1_984),
    "create_task_run": ImportBudget(74, 303, 2_064),
    "set_task_run_state": ImportBudget(74, 303, 2_068),
    "read_task_runs": ImportBudget(92, 321, 2_110),
}
# A dataclass compiles its methods at each import: twenty times what a named tuple takes.
MAX_DATACLASSES = 8
# boto3's packages, which take as long to import as all the rest; of botocore its quota of retries.
OF_BOTO3 = {"boto3", "botocore", "dateutil", "s3transfer", "urllib3"}
FEW_OF_BOTOCORE = {"botocore", "botocore.retries", "botocore.retries.quota"}

MODULES = sorted(
    path
    for path in chain.from_iterable((REPOSITORY / folder).rglob("*.py") for folder in FOLDERS)
    if "node_modules" not in path.parts
)
STORED = REPOSITORY / "layers/runledger/python/runledger"
QUESTION_WORDS = {"How", "What", "Who"}
# `TASK_RUN#`, `{kind}#{id}` or a lone `#`; `#0` is a placeholder of an expression.
KEY = re.compile(r"[\w}]#|^#$")
DATACLASS = re.compile(r"^@dataclass.*\n(class \w+)", re.MULTILINE)
# A place on somebody's machine: what lies there, others don't have.
SOMEBODYS = re.compile(r"(?<![\w.}>/-])/(?:home|Users|root|work)/\w")


def named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def texts(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings, with {} for what an f-string fills in."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    formatted = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    seen = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    seen |= {id(part) for node in formatted for part in node.values}
    for text in formatted:
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in text.values)
        yield "".join(map(str, parts))
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in seen:
            yield node.value


@cache
def definitions(path: Path) -> list[Definition]:
    """Return the module itself, its classes and its functions, also those inside of others."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [
        Definition(
            type(node),
            getattr(node, "name", "module"),
            ast.get_docstring(node) or "",
            getattr(node, "end_lineno", 0) - getattr(node, "lineno", 0) + 1,
        )
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_files_are_short() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    limits = dict.fromkeys(lengths, MAX_FILE) | LONG_FILES
    assert not {name: lines for name, lines in lengths.items() if lines > limits[name]}


def test_folders_hold_few_modules() -> None:
    modules = (path for path in MODULES if path.name != "__init__.py")
    numbers = Counter(named(path.parent) for path in modules)
    assert not {folder: n for folder, n in numbers.items() if n > MAX_MODULES_IN_FOLDER}


@pytest.mark.parametrize("operation", BUDGETS)
def test_a_function_imports_few_modules_of_ours(operation: str) -> None:
    imported = [name for name in imports(operation) if name.split(".")[0] == "runledger"]
    assert len(imported) <= BUDGETS[operation].ours, sorted(imported)


@pytest.mark.parametrize("operation", BUDGETS)
def test_a_function_imports_little(operation: str) -> None:
    """Whosever it is, so that no package brings others along unseen."""
    sizes = imports(operation)
    _, most, kilobytes = BUDGETS[operation]
    assert len(sizes) <= most, sorted(sizes)
    assert sum(sizes.values()) <= kilobytes * 1024, sorted(sizes, key=sizes.__getitem__)


@pytest.mark.parametrize("operation", BUDGETS)
def test_a_function_makes_few_dataclasses(operation: str) -> None:
    """Those of our modules; where a named tuple does not do, a dataclass may."""
    names = (name.split(".") for name in imports(operation) if name.startswith("runledger."))
    paths = (STORED.parent.joinpath(*parts).with_suffix(".py") for parts in names)
    found = [
        line
        for path in paths
        if path.is_file()
        for line in DATACLASS.findall(path.read_text("utf-8"))
    ]
    assert len(found) <= MAX_DATACLASSES, found


@pytest.mark.parametrize("operation", BUDGETS)
def test_a_function_imports_no_boto3(operation: str) -> None:
    found = {name for name in imports(operation) if name.split(".")[0] in OF_BOTO3}
    assert found <= FEW_OF_BOTOCORE


IMPORTS = """
import json, runpy, sys, sysconfig
own = sysconfig.get_path("stdlib")
packages = sysconfig.get_path("purelib")
before = set(sys.modules)
runpy.run_path({app!r})
files = {{name: getattr(sys.modules[name], "__file__", None) or "" for name in sys.modules}}
foreign = lambda file: file.endswith(".py") and not (file.startswith(own) and packages not in file)
size = lambda file: len(open(file, "rb").read()) if foreign(file) else 0
print(json.dumps({{name: size(file) for name, file in files.items() if name not in before}}))
"""


@cache
def imports(operation: str) -> Mapping[str, int]:
    """Return the modules that a function's cold start imports, with the bytes of their source.

    Python's own have none.
    """
    app = REPOSITORY / "functions" / "task_runs" / operation / "app.py"
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS.format(app=str(app))],
        env={"PYTHONPATH": str(STORED.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    sizes: dict[str, int] = json.loads(done.stdout)
    return sizes


def test_a_class_name_names_one_class() -> None:
    classes = (
        one.name for path in MODULES for one in definitions(path) if one.kind is ast.ClassDef
    )
    assert {name for name, number in Counter(classes).items() if number > 1} <= NAMED_ON_THE_WIRE


def test_docstrings_name_their_subjects() -> None:
    """A noun says more than "what" or "who" in its stead."""
    assert not [
        f"{named(path)}: {one.name}"
        for path in MODULES
        for one in definitions(path)
        if one.docstring.partition(" ")[0] in QUESTION_WORDS
    ]


def test_functions_are_short() -> None:
    lengths = {
        f"{named(path)}: {one.name}": one.lines
        for path in MODULES
        for one in definitions(path)
        if one.kind in {ast.FunctionDef, ast.AsyncFunctionDef}
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION}


def test_keys_are_spelled_in_one_module_and_the_places_in_them_in_another() -> None:
    elsewhere = set(STORED.rglob("*.py")) - set((STORED / "store/schema").glob("*.py"))
    assert not {named(path) for path in elsewhere for text in texts(path) if KEY.search(text)}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [REPOSITORY / name for name in listed.stdout.splitlines()]
    contents = {path: path.read_text("utf-8", "replace") for path in files if path.is_file()}
    assert not {named(path) for path, text in contents.items() if SOMEBODYS.search(text)}
