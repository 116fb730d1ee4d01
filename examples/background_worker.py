"""A task worker: it waits for background runs of its tasks, until Ctrl-C.

python background_worker.py
"""

from prefect import task
from prefect.task_worker import serve


@task(retries=2, retry_delay_seconds=1)
def count_words(text: str) -> int:
    return len(text.split())


if __name__ == "__main__":
    serve(count_words)
