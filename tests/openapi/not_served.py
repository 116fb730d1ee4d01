"""The operations of the reference that Runledger does not serve, by their group.

Whoever serves one takes it off this list; flows, flow runs and task runs are complete.
"""

from collections.abc import Mapping

NOT_SERVED: Mapping[str, frozenset[str]] = {
    "Automations": frozenset(
        {
            "DELETE /automations/{id}",
            "GET /automations/{id}",
            "PATCH /automations/{id}",
            "POST /automations",
            "POST /automations/count",
            "POST /automations/templates/validate",
            "POST /templates/validate",
            "PUT /automations/{id}",
        }
    ),
}
