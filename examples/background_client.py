"""Hand texts to a task worker, go on at once, and ask for the results later.

python background_client.py    # while background_worker.py runs, or before
"""

from background_worker import count_words

TEXTS = ["to be or not to be", "that is the question"]
PATIENCE = 60  # seconds

# Each run is stored when delay() returns. Runs wait for a worker, also through restarts.
futures = [count_words.delay(text) for text in TEXTS]
for text, future in zip(TEXTS, futures, strict=True):
    print(f"{future.result(timeout=PATIENCE)} words: {text}  ({future.task_run_id})")
