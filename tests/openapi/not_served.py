"""The operations of the reference that Runledger does not serve, by their group.

Whoever serves one takes it off this list; flows, flow runs and task runs are complete.
"""

from collections.abc import Mapping

NOT_SERVED: Mapping[str, frozenset[str]] = {
    "Admin": frozenset({"DELETE /admin/storage", "PUT /admin/storage"}),
    "Automations": frozenset(
        {
            "DELETE /automations/{id}",
            "GET /automations/{id}",
            "PATCH /automations/{id}",
            "POST /automations",
            "POST /automations/count",
            "POST /automations/filter",
            "POST /automations/templates/validate",
            "POST /templates/validate",
            "PUT /automations/{id}",
        }
    ),
    "Collections": frozenset({"GET /collections/views/{view}"}),
    "Deployments": frozenset(
        {"GET /deployments/{id}/work_queue_check", "POST /deployments/{id}/schedule"}
    ),
    "Work Pools": frozenset(
        {
            "DELETE /work_pools/{name}",
            "DELETE /work_pools/{work_pool_name}/queues/{name}",
            "DELETE /work_pools/{work_pool_name}/workers/{name}",
            "GET /work_pools/{name}",
            "GET /work_pools/{work_pool_name}/queues/{name}",
            "PATCH /work_pools/{name}",
            "PATCH /work_pools/{work_pool_name}/queues/{name}",
            "POST /work_pools",
            "POST /work_pools/count",
            "POST /work_pools/{name}/concurrency_status",
            "POST /work_pools/{name}/get_scheduled_flow_runs",
            "POST /work_pools/{work_pool_name}/queues",
            "POST /work_pools/{work_pool_name}/queues/filter",
            "POST /work_pools/{work_pool_name}/workers/filter",
            "POST /work_pools/{work_pool_name}/workers/heartbeat",
        }
    ),
    "Work Queues": frozenset(
        {
            "DELETE /work_queues/{id}",
            "GET /work_queues/name/{name}",
            "GET /work_queues/{id}",
            "GET /work_queues/{id}/status",
            "PATCH /work_queues/{id}",
            "POST /work_queues",
            "POST /work_queues/filter",
            "POST /work_queues/{id}/concurrency_status",
            "POST /work_queues/{id}/get_runs",
        }
    ),
}
