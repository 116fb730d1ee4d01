"""Commands that print what they print on the reference, on a server where nothing else is."""

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.conformance import servers
from tests.conformance.clients.scene import Check, ClientScene
from tests.conformance.clients.stock import Stock
from tests.conformance.comparison.volatile import TIME, UUID

# What two servers name by themselves, and what two clocks tell; widths of columns follow from it.
VOLATILE = (
    (UUID, "<id>"),
    (re.compile(r"[0-9a-f]{8}-[-0-9a-f]*…"), "<id>"),
    (TIME, "<time>"),
    (re.compile(r"DateTime\([^()]*(?:\([^()]*\))?\)"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?"), "<time>"),
    (re.compile(r"(?:a few|\d+) (?:second|minute)s? ago|\bnow\b"), "<ago>"),
    (re.compile(r"in (?:a few|\d+) (?:second|minute|hour)s?"), "<soon>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<url>"),
    (re.compile(r"[ ─━]+"), " "),
)

# Not `block create none`, nor a pool of an unknown type: these list what the reference registers.
WORK_POOLS = """
work-pool ls
work-pool create spare --type process --paused
work-pool create spare --type process
work-pool create machines --type process --overwrite
work-pool inspect machines
work-pool inspect machines --output json
work-pool inspect spare
work-pool inspect none
work-pool pause machines
work-pool pause none
work-pool resume spare
work-pool resume none
work-pool set-concurrency-limit machines 2
work-pool set-concurrency-limit none 2
work-pool set-concurrency-limit machines -- -2
work-pool inspect machines
work-pool ls
work-pool ls --verbose
work-pool ls --output json
work-pool update machines --description nights --concurrency-limit 3
work-pool slots machines
work-pool clear-concurrency-limit machines
work-pool get-default-base-job-template --type process
deployment run report/nightly --start-in 3m --flow-run-name soon
deployment run report/nightly --start-in 5h --flow-run-name later
work-pool preview machines
work-pool preview machines --hours 12
work-pool preview none
""".strip()
WORK_QUEUES = """
work-queue create fast --pool machines --limit 2 --priority 1
work-queue create fast --pool machines
work-queue create fast --pool none
work-queue ls --pool machines
work-queue ls --pool machines --verbose
work-queue ls --pool none
work-queue inspect fast --pool machines
work-queue inspect fast --pool machines --output json
work-queue inspect none --pool machines
work-queue pause fast --pool machines
work-queue ls --pool machines
work-queue resume fast --pool machines
work-queue set-concurrency-limit fast 3 --pool machines
work-queue inspect fast --pool machines
work-queue clear-concurrency-limit fast --pool machines
work-queue slots fast --pool machines
work-queue preview default --pool machines
work-queue preview default --pool machines --hours 12
work-queue preview none --pool machines
work-queue read-runs default --pool machines
work-queue create unpooled
work-queue ls
work-queue inspect unpooled
work-queue delete unpooled
work-queue delete fast --pool machines
work-queue delete fast --pool machines
work-queue delete default --pool machines
work-pool delete spare
work-pool delete none
work-pool delete machines
work-pool ls
work-queue ls --pool machines
""".strip()
VARIABLES = """
variable ls
variable ls --limit 1
variable ls --output json
variable inspect region
variable inspect region --output json
variable inspect none
variable get limits
variable get none
variable set color red --tag warm
variable set color blue
variable set color blue --overwrite
variable set Wrong-Name x
variable get color
variable unset color
variable unset color
variable ls
""".strip()
BLOCKS = """
block inspect secret/api-key
block inspect secret/none
block inspect none/api-key
block inspect storefront/front
block create storefront
block delete secret/api-key
block delete secret/api-key
block ls
block ls --output json
block type inspect storefront
block type inspect none
block type delete storefront
block type delete none
block ls
block register --module prefect.blocks.system
block register --module prefect.blocks.none
""".strip()
ARTIFACTS = """
artifact ls
artifact ls --all
artifact ls --limit 1
artifact ls --output json
artifact inspect sales
artifact inspect sales --limit 1
artifact inspect sales --output json
artifact inspect none
artifact delete rows
artifact delete rows
artifact delete --id 00000000-0000-4000-8000-000000000000
artifact delete
artifact ls
""".strip()


def print_the_same(scene: ClientScene) -> None:
    """Each command ends with the same code, and says the same but for ids and times."""
    groups = (VARIABLES, ARTIFACTS, BLOCKS, WORK_POOLS, WORK_QUEUES)
    commands = [line.split() for group in groups for line in group.splitlines()]
    with servers.reference(records=True, meddles=True) as url, ThreadPoolExecutor(2) as pool:
        other = replace(scene.stock, url=url, home=scene.stock.home / "beside")
        ours, theirs = pool.map(lambda stock: _printed(stock, commands), (scene.stock, other))
    pairs = zip(commands, ours, theirs, strict=True)
    unlike = [f"prefect {' '.join(line)}\n{one}\n{two}" for line, one, two in pairs if one != two]
    assert not unlike, f"{len(unlike)} differ:\n" + "\n\n".join(unlike)


def _printed(stock: Stock, commands: Sequence[Sequence[str]]) -> list[str]:
    results = stock.run("many_commands", json.dumps(commands)).result()
    return [f"exit code {code}\n{_steady(text)}" for code, text in results]


def _steady(text: str) -> str:
    for pattern, instead in VOLATILE:
        text = pattern.sub(instead, text)
    return text


CHECKS: Mapping[str, Check] = {
    "commands about pools, queues, variables, blocks, artifacts print the same": print_the_same,
}
