"""A type of worker, and the variables that several types have."""

from typing import Any, NamedTuple
from urllib.parse import quote

Json = dict[str, Any]

DOCUMENTATION = "https://docs.prefect.io/v3/deploy/infrastructure-concepts/workers"


class WorkerType(NamedTuple):
    """A type of worker: its package, and the variables of its jobs by their names."""

    type: str
    display_name: str
    package: str
    description: str
    variables: dict[str, Json]
    job: Json = {}

    def described(self) -> Json:
        """Return the description for clients."""
        job = self.job or {name: placeholder(name) for name in self.variables}
        return {
            "type": self.type,
            "display_name": self.display_name,
            "description": self.description,
            "install_command": f"pip install {self.package}",
            "documentation_url": DOCUMENTATION,
            "logo_url": logo(self.display_name),
            "is_beta": False,
            "default_base_job_configuration": {
                "job_configuration": job,
                "variables": {"type": "object", "properties": self.variables},
            },
        }


def logo(name: str) -> str:
    """Return an image of a name's first letter; Prefect's UI offers no type without an image."""
    drawn = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>"
        "<rect width='24' height='24' rx='5' fill='#475569'/>"
        "<text x='12' y='17' font-size='14' font-family='sans-serif' text-anchor='middle' "
        f"fill='#fff'>{name[0]}</text></svg>"
    )
    return f"data:image/svg+xml,{quote(drawn)}"


def placeholder(name: str) -> str:
    return f"{{{{ {name} }}}}"


def text(title: str, description: str, **more: object) -> Json:
    return {"type": "string", "title": title, "description": description, **more}


def flag(title: str, description: str, *, default: bool) -> Json:
    return {"type": "boolean", "title": title, "description": description, "default": default}


def whole(title: str, description: str, **more: object) -> Json:
    return {"type": "integer", "title": title, "description": description, **more}


def texts_by_name(title: str, description: str) -> Json:
    texts = {"type": "string"}
    return {
        "type": "object",
        "title": title,
        "description": description,
        "additionalProperties": texts,
    }


def texts(title: str, description: str) -> Json:
    return {
        "type": "array",
        "title": title,
        "description": description,
        "items": {"type": "string"},
    }


# What every type of worker knows.
COMMON = {
    "name": text("Name", "The name of what runs the flow run."),
    "env": texts_by_name("Environment", "Environment variables of the flow run."),
    "labels": texts_by_name("Labels", "Labels of what runs the flow run."),
    "command": text(
        "Command", "The command that runs the flow run; the worker knows the usual one."
    ),
}
STREAM_OUTPUT = flag(
    "Stream output", "Show the flow run's output in that of the worker.", default=True
)
IMAGE = text("Image", "The image of the container; by default Prefect's own.")
