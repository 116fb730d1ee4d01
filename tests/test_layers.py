"""A layer has byte code that Lambda takes as it is, or the build says that it has none."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

LAYERS = Path(__file__).parent.parent / "layers"
LAYER = LAYERS / "runledger"
THIS, NONE = "{}.{}".format(*sys.version_info), "9.9"
UNCHECKED_HASH = (1).to_bytes(4, "little")  # PEP 552: the flags behind the magic number


def build(folder: Path, python: str) -> str:
    """Build the layer of our package for a version of Python; return what the build says."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["make", "-s", f"ARTIFACTS_DIR={folder}", "build-RunledgerLayer"],  # noqa: S607
        cwd=LAYER,
        env=os.environ | {"LAYER_PYTHON": python, "PATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stderr


def test_each_module_has_byte_code_that_is_not_checked(tmp_path: Path) -> None:
    assert not build(tmp_path, THIS)
    modules = list(tmp_path.rglob("*.py"))
    compiled = [Path(importlib.util.cache_from_source(str(module))) for module in modules]
    assert len(compiled) > 100
    heads = {path.read_bytes()[:8] for path in compiled}
    assert heads == {importlib.util.MAGIC_NUMBER + UNCHECKED_HASH}


def test_a_build_without_lambdas_python_says_so(tmp_path: Path) -> None:
    said = build(tmp_path, NONE)
    assert said.startswith(
        f"No byte code in this layer: neither python{NONE} nor uv has that Python"
    )
    assert list(tmp_path.rglob("*.py"))
    assert not list(tmp_path.rglob("*.pyc"))


def test_the_layers_of_packages_are_built_alike() -> None:
    dependencies, encryption = (
        (LAYERS / layer / "Makefile").read_text("utf-8") for layer in ("dependencies", "encryption")
    )
    assert dependencies == encryption
