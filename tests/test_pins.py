"""All packages are pinned with hashes, and the build of the layer checks them."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

REPOSITORY = Path(__file__).parent.parent
LAYER = REPOSITORY / "layers/dependencies"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
LAYERS = ("dependencies", "encryption")


def wanted_by(layer: str) -> list[str]:
    lines = (REPOSITORY / "layers" / layer / "requirements.in").read_text("utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line and not line.startswith("#")]


RUNTIME = [line for layer in LAYERS for line in wanted_by(layer)]
LOCAL, DEV = (PROJECT["optional-dependencies"][extra] for extra in ("local", "dev"))
# Each file, and what it is made of.
FILES = {
    **{f"layers/{layer}/requirements.txt": wanted_by(layer) for layer in LAYERS},
    "requirements/local.txt": [*RUNTIME, *LOCAL],
    "requirements/dev.txt": [*RUNTIME, *LOCAL, *DEV],
}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?: |$)")
ADDRESS = re.compile(r"://|^-", re.MULTILINE)


def pinned(file: str) -> dict[str, list[Requirement]]:
    """The requirements of a file by package; one may be pinned differently for other Pythons."""
    found: dict[str, list[Requirement]] = {}
    for line in lines_of(file):
        requirement = Requirement(line.split("--hash=")[0])
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def lines_of(file: str) -> list[str]:
    text = (REPOSITORY / file).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def needed_by(lines: Iterable[str]) -> set[NormalizedName]:
    """The packages that requirements install here: theirs, and what those need in turn."""
    waiting = [*map(Requirement, lines)]
    names: set[NormalizedName] = set()
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        names.add(canonicalize_name(requirement.name))
        if str(requirement) not in seen:
            seen.add(str(requirement))
            waiting.extend(needed_directly(requirement))
    return names


def needed_directly(requirement: Requirement) -> Iterator[Requirement]:
    for line in distribution(requirement.name).requires or ():
        needed = Requirement(line)
        extras = requirement.extras or {""}
        if any(fits(needed, extra) for extra in extras):
            yield needed


def fits(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


@pytest.mark.parametrize("file", FILES)
def test_every_package_that_is_needed_is_pinned_as_it_is_installed(file: str) -> None:
    pins = pinned(file)
    needed = needed_by(FILES[file])
    assert len(needed) > len(FILES[file])
    versions = {
        name: [str(pin.specifier) for pin in pins.get(name, ()) if fits(pin)] for name in needed
    }
    assert versions == {name: [f"=={distribution(name).version}"] for name in needed}


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_hashes_and_names_no_index(file: str) -> None:
    lines = lines_of(file)
    assert not [line for line in lines if not HASH.search(line)]
    assert not [line for line in lines if ADDRESS.search(line)]


@pytest.mark.parametrize("file", FILES)
def test_every_pin_of_ours_stands_in_its_file(file: str) -> None:
    pins = pinned(file)
    for line in FILES[file]:
        wanted = Requirement(line)
        found = pins[canonicalize_name(wanted.name)]
        assert [str(pin.specifier) for pin in found] == [str(wanted.specifier)]


def test_the_layers_have_wheels_for_both_processors() -> None:
    """Compiled packages have many wheels, of which a layer needs two; others have one."""
    compiled = {"cffi", "cryptography", "markupsafe", "pydantic-core", "rpds-py"}
    hashes = {
        canonicalize_name(Requirement(line.split("--hash=")[0]).name): len(HASH.findall(line))
        for layer in LAYERS
        for line in lines_of(f"layers/{layer}/requirements.txt")
    }
    assert {name for name, number in hashes.items() if number > 2} == compiled


def test_the_layers_of_packages_are_built_alike() -> None:
    made = {(REPOSITORY / "layers" / layer / "Makefile").read_text("utf-8") for layer in LAYERS}
    assert len(made) == 1


class Build:
    """A build of the layer by its Makefile, from wheels in a folder."""

    def __init__(self, folder: Path) -> None:
        self._source, self._target = folder / "source", folder / "target"
        self._wheels = folder / "wheels"
        self._source.mkdir()
        self._wheels.mkdir()
        shutil.copy(LAYER / "Makefile", self._source)

    def wheel(
        self, name: str, content: str, *, needs: str | None = None, module: str | None = None
    ) -> str:
        """Make a wheel, maybe with a file as a compiled module; return the line that pins it."""
        path, info = self._wheels / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
        needed = f"Requires-Dist: {needs}\n" if needs else ""
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}.py", content)
            if module:
                wheel.writestr(module, "")
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}"
            )
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
        return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"

    def run(self, *lines: str) -> subprocess.CompletedProcess[str]:
        (self._source / "requirements.txt").write_text("\n".join(lines), "utf-8")
        return subprocess.run(
            [self._make(), "build-DependenciesLayer", f"PYTHON={sys.executable}"],
            cwd=self._source,
            env={
                "PATH": os.environ["PATH"],
                "ARTIFACTS_DIR": str(self._target),
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self._wheels),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def has(self, name: str) -> bool:
        return (self._target / "python" / f"{name}.py").exists()

    def modules(self) -> set[str]:
        return {path.name for path in (self._target / "python").rglob("*.so")}

    @staticmethod
    def _make() -> str:
        found = shutil.which("make")
        assert found
        return found


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_the_layer_is_built_of_what_is_pinned(build: Build) -> None:
    """A module for several Pythons has a file for each processor, or one would hide the other."""
    outer = build.wheel("outer", "", needs="inner", module="deep/_rust.abi3.so")
    built = build.run(outer, build.wheel("inner", ""))
    assert built.returncode == 0, built.stderr
    assert build.has("outer")
    assert build.has("inner")
    assert build.modules() == {
        f"_rust.cpython-313-{processor}-linux-gnu.so" for processor in ("aarch64", "x86_64")
    }


def test_a_package_with_another_hash_ends_the_build(build: Build) -> None:
    pin = build.wheel("outer", "")
    build.wheel("outer", "tampered = True")
    built = build.run(pin)
    assert built.returncode != 0
    assert "DO NOT MATCH THE HASHES" in built.stderr
    assert not build.has("outer")


def test_a_package_that_is_not_pinned_ends_the_build(build: Build) -> None:
    build.wheel("inner", "")
    built = build.run(build.wheel("outer", "", needs="inner"))
    assert built.returncode != 0
    assert "--require-hashes" in built.stderr
