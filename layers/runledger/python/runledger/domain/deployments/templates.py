"""Rendering of Jinja templates, in a sandbox with the limits and the filters of the reference.

Jinja's import takes 45 ms of a processor. Import this module where a template is rendered, so that
other requests do without it.
"""

from collections.abc import Iterator

from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_RANGE = 100
MAX_LOOPS = 10
MAX_NESTED_LOOPS = 2

# Filters of numbers, times and sizes for people, such as `humanize_naturalsize`.
EXTENSIONS = ["jinja2_humanize_extension.HumanizeExtension"]


class TemplateError(ValueError):
    """A template is not valid, breaks a limit, or can't be rendered."""


def render(template: str) -> str:
    """Return the text that a template makes of nothing: every variable is undefined.

    Raises:
        TemplateError: it can't be rendered.
    """
    check(template)
    if "{{" not in template and "{%" not in template:
        return template
    try:
        return ENVIRONMENT.from_string(template).render()
    except Exception as error:
        # A template calls functions with any arguments: it can raise whatever they raise.
        reason = f"Failed to render template due to the following error: {error!r}"
        raise TemplateError(reason) from error


def check(template: str) -> None:
    """Check a template without rendering it.

    Raises:
        TemplateError: it is not valid, or breaks a limit.
    """
    try:
        depths = list(_depths_of_loops(ENVIRONMENT.parse(template), 0))
    except (TemplateSyntaxError, RecursionError) as error:
        raise TemplateError(str(error)) from error
    if len(depths) > MAX_LOOPS:
        raise TemplateError(
            f"Contains {len(depths)} for loops. Templates can contain no more than"
            f" {MAX_LOOPS} for loops."
        )
    deepest = max(depths, default=0)
    if deepest > MAX_NESTED_LOOPS:
        raise TemplateError(
            f"Contains nested for loops at a depth of {deepest}. Templates can nest for loops no"
            f" more than {MAX_NESTED_LOOPS} loops deep."
        )


def _depths_of_loops(node: nodes.Node, depth: int) -> Iterator[int]:
    """Yield of each loop how many loops it is in, itself among them."""
    if isinstance(node, nodes.For):
        depth += 1
        yield depth
    for child in node.iter_child_nodes():
        yield from _depths_of_loops(child, depth)


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        # The text is the reference's.
        raise OverflowError(
            f"Range too big. The sandbox blocks ranges larger than MAX_TEMPLATE_RANGE={MAX_RANGE}."
        )
    return numbers


def _sandbox() -> ImmutableSandboxedEnvironment:
    sandbox = ImmutableSandboxedEnvironment(undefined=ChainableUndefined, extensions=EXTENSIONS)
    sandbox.globals["range"] = _bounded_range
    return sandbox


ENVIRONMENT = _sandbox()
