import os

# `make faults` tries each call; on a busy machine that takes minutes.
collect_ignore = [] if os.environ.get("FAULTS") else ["test_every_call.py"]
