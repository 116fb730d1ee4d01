"""Secret fields of blocks: what stands in their place, and what an update means by that.

A schema names its secret fields as paths, such as `password` or `env.*`: with a star, everything
under the path before it is secret.
"""

from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = "********"
WILDCARD = "*"

Path = tuple[str, ...]
Flat = dict[Path, Any]


def secret_paths(fields: Mapping[str, Any]) -> list[Path]:
    """Return the paths of the secret fields that a schema names."""
    named = fields.get("secret_fields")
    names = named if isinstance(named, list) else []
    return [tuple(name.split(".")) for name in names if isinstance(name, str)]


def hide(data: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """Return the data of a block with its secrets hidden; a null under no star stays one."""
    flat = _flat(data)
    for path in paths:
        if flat.get(path) is not None:
            flat[path] = HIDDEN
        else:
            flat |= dict.fromkeys(_under_star(path, flat), HIDDEN)
    return _nested(flat)


def restore_hidden(
    sent: Mapping[str, Any], current: Mapping[str, Any], paths: Iterable[Path]
) -> dict[str, Any]:
    """Return data as it was sent, with the current secrets where these were sent back hidden."""
    flat, known = _flat(sent), _flat(current)
    for path in paths:
        meant = [path] if known.get(path) is not None else _under_star(path, flat)
        hidden = [key for key in meant if flat.get(key) == HIDDEN and key in known]
        flat |= {key: known[key] for key in hidden}
    return _nested(flat)


def _under_star(path: Path, flat: Flat) -> list[Path]:
    """Return the paths under the one before a star."""
    if WILDCARD not in path:
        return []
    before = path[: path.index(WILDCARD)]
    return [key for key in flat if key[: len(before)] == before]


def _flat(data: Mapping[str, Any], under: Path = ()) -> Flat:
    """Return values by their paths; lists and empty objects are values."""
    flat: Flat = {}
    for key, value in data.items():
        path = (*under, key)
        flat |= _flat(value, path) if isinstance(value, dict) and value else {path: value}
    return flat


def _nested(flat: Flat) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        around = nested
        for key in path[:-1]:
            around = around.setdefault(key, {})
        around[path[-1]] = value
    return nested
