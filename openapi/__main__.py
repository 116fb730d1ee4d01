"""`make openapi`: write the document into the folder of the function that answers it."""

from local.cloudformation.template import load
from openapi.document import document
from openapi.spelling import spelled

OPERATION = "read_openapi"


def main() -> None:
    template = load()
    path = template.code[OPERATION].with_name("openapi.json")
    path.write_text(spelled(document(template)), "utf-8")
    print(f"{path.relative_to(template.folder)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
