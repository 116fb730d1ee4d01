"""Ids, names and delays, made from random numbers of the caller."""

from datetime import UTC, datetime, timedelta
from math import exp, log, log2
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A name has two words; the 4,096 names help people to recognize runs, they don't identify them.
# fmt: off
ADJECTIVES = (
    "able", "agile", "amber", "ample", "apt", "arid", "azure", "balmy", "blithe", "bold",
    "brave", "brisk", "calm", "civic", "clever", "cosy", "crisp", "deft", "eager", "early",
    "fair", "fleet", "fond", "frank", "fresh", "gentle", "glad", "golden", "grand", "hardy",
    "hearty", "humble", "ideal", "jolly", "keen", "kind", "lively", "loyal", "lucid", "merry",
    "mild", "modest", "neat", "nimble", "noble", "open", "placid", "plucky", "proud", "quick",
    "quiet", "rapid", "ready", "robust", "rustic", "serene", "sleek", "snug", "solid", "spry",
    "stable", "steady", "sunny", "tidy",
)
NOUNS = (
    "alder", "aspen", "auk", "badger", "beech", "birch", "bison", "bream", "cedar", "cicada",
    "condor", "coral", "cormorant", "crane", "curlew", "cypress", "dormouse", "egret", "elm",
    "ermine", "falcon", "fennel", "ferret", "finch", "gannet", "gecko", "gull", "hare", "hazel",
    "heron", "ibex", "ibis", "jackdaw", "juniper", "kestrel", "kite", "larch", "lark", "linnet",
    "lynx", "magpie", "marten", "moth", "myrtle", "newt", "oriole", "osprey", "otter", "petrel",
    "pine", "plover", "puffin", "quail", "raven", "robin", "rowan", "sable", "sedge", "shrew",
    "stoat", "swift", "tern", "thrush", "willow",
)
# fmt: on


def uuid7(at: datetime, random_bits: int) -> UUID:
    """Return a version 7 UUID: milliseconds since 1970, then 74 of the bits of `random_bits`."""
    return _beginning_with(at, 7, random_bits)


def uuid4_by_time(at: datetime, random_bits: int) -> UUID:
    """Return a UUID that says that it is of version 4, and sorts by time as those of version 7."""
    return _beginning_with(at, 4, random_bits)


def _beginning_with(at: datetime, version: int, random_bits: int) -> UUID:
    milliseconds = (at - EPOCH) // timedelta(milliseconds=1)
    high, low = (random_bits >> 62) & 0xFFF, random_bits & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | version << 76 | high << 64 | 0b10 << 62 | low)


def slug(random_bits: int) -> str:
    """Return an adjective and a noun, joined by a hyphen; `random_bits` selects them."""
    rest, noun = divmod(random_bits, len(NOUNS))
    return f"{ADJECTIVES[rest % len(ADJECTIVES)]}-{NOUNS[noun]}"


# From here on the lower bound is as good as zero.
WIDEST = 50


def jittered(average: float, factor: float, random_fraction: float) -> float:
    """Return a delay around the average, in its unit.

    It is drawn from the exponential distribution with that mean, cut so that it is at most
    (1 + factor) times the average; `random_fraction` in [0, 1) selects it.
    """
    widest = 1 + factor
    lowest = log2(2**widest / (2**widest - 1)) if widest < WIDEST else 0.0
    low, high = (1 - exp(-bound) for bound in (lowest, widest))
    drawn = low + random_fraction * (high - low)
    # Rounding may make `drawn` 1; the upper bound still holds.
    return average * (min(widest, -log(1 - drawn)) if drawn < 1 else widest)
