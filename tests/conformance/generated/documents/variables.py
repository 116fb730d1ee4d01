"""Variables and saved searches, as random programs send them."""

from tests.conformance.generated.documents.nouns import RandomNoun, Values
from tests.conformance.programs import RequestStep, some_id
from tests.conformance.tables.documents import saved_searches as searches
from tests.conformance.tables.documents import variables

NAMES = ("a-1", "b_1", "c", "1")
LABELS = ("v1", "v2", "v3")
TAGS: Values = ([], ["x"], ["y"], ["x", "y"], ["x", "x"])
LIKE = ("B", "_1", "a%1", "", "1")
SEARCHES = ("mine", "Mine", "é", "", "10", "9")

VARIABLES = RandomNoun(
    path="/variables/",
    labels=LABELS,
    bases=tuple({"name": name, "value": 1} for name in NAMES),
    optional={"value": variables.VALUES, "tags": TAGS},
    invalid={**variables.FIELDS, "value": ("y" * 4_999, ["a" * 4_997]), "x": (1,)},
    changes={"name": NAMES, "value": variables.VALUES, "tags": TAGS},
    places=(
        *(f"/variables/<{label}.id>" for label in LABELS),
        *(f"/variables/name/{name}" for name in NAMES),
    ),
    criteria={
        "variables": {
            "id": ({"any_": ["<v1.id>", "<v2.id>"]}, {"any_": []}, {"any_": [some_id(9)]}),
            "name": (*({"like_": text} for text in LIKE), {"any_": ["c", "zz"]}, {"any_": []}),
            "tags": (
                *({"all_": tags} for tags in TAGS),
                *({"is_null_": True}, {"is_null_": False}),
                {"operator": "or_", "all_": ["y"], "is_null_": True},
            ),
        }
    },
    sorts=("NAME_ASC", "NAME_DESC", "CREATED_DESC", "UPDATED_DESC"),
)
SAVED_SEARCHES = RandomNoun(
    path="/saved_searches/",
    labels=("q1", "q2"),
    bases=tuple({"name": name} for name in SEARCHES),
    optional={"filters": ([], [searches.CONDITION], [searches.CONDITION | {"value": None}])},
    invalid={"name": (None, 5, []), "filters": searches.FILTERS, "x": (1,)},
    changes={},
    places=("/saved_searches/<q1.id>", "/saved_searches/<q2.id>"),
    create="PUT",
    lists=("filter",),
)
KINDS = {**VARIABLES.kinds(), **SAVED_SEARCHES.kinds(0.4)}


def setup() -> tuple[RequestStep, ...]:
    """Return nothing: variables and saved searches need nothing else."""
    return ()
