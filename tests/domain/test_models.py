"""Models are built at their first use, whichever threads use them first at the same time."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import combinations_with_replacement
from threading import Barrier
from typing import Any

import pytest
from pydantic_core import to_json

from runledger.domain.filters.criterion import Criterion, FilterModel
from runledger.domain.filters.operators import AnyOf
from runledger.domain.values import UtcTime, Value

THREADS, ROUNDS = 16, 25
AT = datetime(2026, 1, 1, tzinfo=UTC)
GIVEN = {"at": "2026-01-01T00:00:00Z", "inner": [{"name": "a"}, {"name": "b"}]}

Use = Callable[[type[Value]], object]


def new_model() -> type[Value]:
    """Return a class that nobody has used, with another one inside."""

    class NestedModel(Value):
        name: str

    class NestingModel(Value):
        at: UtcTime
        inner: list[NestedModel]

    return NestingModel


def constructed(model: Any) -> Value:  # noqa: ANN401 the class of a value with these fields
    value: Value = model.model_construct(at=AT, inner=[])
    return value


USES: dict[str, Use] = {
    "validate": lambda model: model.model_validate(GIVEN, context={"now": AT}).model_dump(),
    "validate JSON": lambda model: model.model_validate_json(to_json(GIVEN)).model_dump(),
    "construct and dump": lambda model: constructed(model).model_dump(),
    "construct and write JSON": lambda model: to_json(constructed(model)),
    "in a list": lambda model: to_json([constructed(model)]),
    "schema": lambda model: model.model_json_schema(),
}


# Half of the threads do each: which half tells nothing.
@pytest.mark.parametrize(("first", "second"), [*combinations_with_replacement(USES, 2)])
def test_threads_that_use_a_model_first_get_what_one_alone_gets(first: str, second: str) -> None:
    expected = [USES[name](new_model()) for name in (first, second)]
    barrier = Barrier(THREADS)

    def use(model: type[Value], number: int) -> tuple[object, object]:
        barrier.wait(30)
        name = (first, second)[number % 2]
        return USES[name](model), expected[number % 2]

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(ROUNDS):
            done = list(pool.map(use, [new_model()] * THREADS, range(THREADS)))
            assert [got for got, _ in done] == [wanted for _, wanted in done]


def test_no_model_is_built_before_it_is_used() -> None:
    """Neither a value nor a filter."""

    class FlatModel(Value):
        name: str

    class UnusedCriterion(Criterion):
        any_: AnyOf[str] = None

    models: list[Any] = [FlatModel, UnusedCriterion, new_model()]
    assert not any(model.__pydantic_complete__ for model in models)
    assert issubclass(UnusedCriterion, FilterModel)
    FlatModel(name="a")
    UnusedCriterion(any_=["a"])
    assert [model.__pydantic_complete__ for model in models] == [True, True, False]


BUILT = """
import gc, runledger.service.search.flow_runs, runledger.api.queries
from pydantic import BaseModel
classes = [kind for kind in gc.get_objects() if isinstance(kind, type)]
models = [kind for kind in classes if issubclass(kind, BaseModel)]
of_ours = [kind for kind in models if "runledger" in kind.__module__]
print(len(of_ours), *(kind.__name__ for kind in of_ours if kind.__pydantic_complete__))
"""


def test_an_import_builds_no_model() -> None:
    """Also defaults that are models are made without building them."""
    done = subprocess.run([sys.executable, "-c", BUILT], check=True, capture_output=True, text=True)
    number, *built = done.stdout.split()
    assert int(number) > 50
    assert not built
