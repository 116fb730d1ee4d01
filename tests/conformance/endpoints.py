"""The endpoint that a request is for, as agreements are counted."""

import re

from tests.conformance.programs import RequestStep

_PATHS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), spelled)
    for pattern, spelled in (
        (r"/task_runs/?", "/task_runs/"),
        (
            r"/(task_runs|flow_runs|flows|deployments)/(filter|count|paginate|history)/?",
            r"/\1/\2",
        ),
        (r"/(flows|flow_runs|deployments)/(bulk_delete|bulk_set_state)/?", r"/\1/\2"),
        (r"/task_runs/[^/]+/set_state/?", "/task_runs/{id}/set_state"),
        (r"/ui/task_runs/(dashboard/counts|count)/?", r"/ui/task_runs/\1"),
        (r"(/ui)?/task_runs/[^/]+/?", r"\1/task_runs/{id}"),
        (r"/flows/?", "/flows/"),
        (r"/flows/name/.+", "/flows/name/{name}"),
        (r"/flows/[^/]+/?", "/flows/{id}"),
        (r"/flow_runs/?", "/flow_runs/"),
        (r"/flow_runs/[^/]+/set_state/?", "/flow_runs/{id}/set_state"),
        (r"/flow_runs/[^/]+/graph-v2/?", "/flow_runs/{id}/graph-v2"),
        (r"/flow_runs/lateness/?", "/flow_runs/lateness"),
        (r"/flow_runs/[^/]+/labels/?", "/flow_runs/{id}/labels"),
        (r"/flow_runs/[^/]+/logs/download/?", "/flow_runs/{id}/logs/download"),
        (r"/flow_runs/[^/]+/resume/?", "/flow_runs/{id}/resume"),
        (r"/flow_runs/[^/]+/input/?", "/flow_runs/{id}/input"),
        (r"/flow_runs/[^/]+/input/filter/?", "/flow_runs/{id}/input/filter"),
        (r"/flow_runs/[^/]+/input/[^/]*/?", "/flow_runs/{id}/input/{key}"),
        (r"/flow_runs/[^/]+/?", "/flow_runs/{id}"),
        (r"/(task|flow)_run_states/?", r"/\1_run_states/"),
        (r"/(task|flow)_run_states/[^/]+/?", r"/\1_run_states/{id}"),
        (r"(/v2)?/concurrency_limits/?", r"\1/concurrency_limits/"),
        (r"/concurrency_limits/tag/[^/]+/?", "/concurrency_limits/tag/{tag}"),
        (r"/concurrency_limits/tag/[^/]+/reset/?", "/concurrency_limits/tag/{tag}/reset"),
        (r"/v2/concurrency_limits/leases/.+", "/v2/concurrency_limits/leases/{id}/renew"),
        (
            r"(/v2)?/concurrency_limits/(filter|(?:in|de)crement(?:-with-lease)?)/?",
            r"\1/concurrency_limits/\2",
        ),
        (r"(/v2)?/concurrency_limits/[^/]+/?", r"\1/concurrency_limits/{id}"),
        (r"/deployments/?", "/deployments/"),
        (r"/deployments/name/.+", "/deployments/name/{flow}/{name}"),
        (
            r"/deployments/[^/]+/(create_flow_run|(pause|resume)_deployment|schedules)/?",
            r"/deployments/{id}/\1",
        ),
        (r"/deployments/[^/]+/schedules/[^/]+/?", "/deployments/{id}/schedules/{schedule_id}"),
        (r"/deployments/get_scheduled_flow_runs/?", "/deployments/get_scheduled_flow_runs"),
        (r"/deployments/[^/]+/?", "/deployments/{id}"),
        (r"/(variables|saved_searches|artifacts)/?", r"/\1/"),
        (r"/artifacts/((?:latest/)?(?:filter|count))/?", r"/artifacts/\1"),
        (r"/artifacts/[^/]+/latest/?", "/artifacts/{key}/latest"),
        (r"/(variables|saved_searches)/(filter|count)/?", r"/\1/\2"),
        (r"/variables/name/[^/]*/?", "/variables/name/{name}"),
        (r"/(variables|saved_searches|artifacts)/[^/]+/?", r"/\1/{id}"),
        (r"/block_(types|schemas|documents)/?", r"/block_\1/"),
        (r"/block_(types|schemas|documents)/(filter|count)/?", r"/block_\1/\2"),
        (r"/block_types/slug/[^/]*/?", "/block_types/slug/{slug}"),
        (r"/block_types/slug/[^/]*/block_documents/?", "/block_types/slug/{slug}/block_documents"),
        (
            r"/block_types/slug/[^/]*/block_documents/name/[^/]*/?",
            "/block_types/slug/{slug}/block_documents/name/{name}",
        ),
        (r"/block_schemas/checksum/[^/]*/?", "/block_schemas/checksum/{checksum}"),
        (r"/block_(types|schemas|documents)/[^/]+/?", r"/block_\1/{id}"),
        (r"/block_capabilities/?", "/block_capabilities/"),
        (r"/automations/filter/?", "/automations/filter"),
        (r"/automations/related-to/[^/]+/?", "/automations/related-to/{resource}"),
        (r"/automations/owned-by/[^/]+/?", "/automations/owned-by/{resource}"),
        (r"/logs/?", "/logs/"),
        (r"/logs/filter/?", r"/logs/filter"),
        (r"/(work_pools|work_queues)/?", r"/\1/"),
        (r"/(work_pools|work_queues)/(filter|count)/?", r"/\1/\2"),
        (r"/work_queues/name/[^/]+/?", "/work_queues/name/{name}"),
        (
            r"/work_pools/[^/]+/((?:(?:queues|workers)/)?(?:filter|heartbeat|\w+_\w+)|queues)/?",
            r"/work_pools/{name}/\1",
        ),
        (r"/work_pools/[^/]+/(queues|workers)/[^/]+/?", r"/work_pools/{name}/\1/{name}"),
        (r"/work_pools/[^/]+/?", "/work_pools/{name}"),
        (r"/work_queues/[^/]+/(get_runs|status|concurrency_status)/?", r"/work_queues/{id}/\1"),
        (r"/work_queues/[^/]+/?", "/work_queues/{id}"),
        (
            r"/deployments/[^/]+/(schedule|create_flow_run/bulk|work_queue_check)/?",
            r"/deployments/{id}/\1",
        ),
        (r"/ui/flow_runs/(count-task-runs|history)/?", r"/ui/flow_runs/\1"),
        (r"/ui/flows/(count-deployments|next-runs)/?", r"/ui/flows/\1"),
        (r"/task_workers/filter/?", "/task_workers/filter"),
        (r"/events/?", "/events"),
        (r"/events/filter/?", "/events/filter"),
        (r"/events/count-by/[^/]+/?", "/events/count-by/{countable}"),
        (r"/(health|ready|version|csrf-token|openapi\.json)/?", r"/\1"),
        (r"/admin/(version|storage|settings)/?", r"/admin/\1"),
    )
)
METHODS = {
    "/task_runs/": ("POST",),
    "/task_runs/{id}": ("GET", "PATCH", "DELETE"),
    "/task_workers/filter": ("POST",),
    "/ui/task_runs/count": ("POST",),
    "/ui/task_runs/dashboard/counts": ("POST",),
    "/events": ("POST",),
    "/events/filter": ("POST",),
    "/events/count-by/{countable}": ("POST",),
    "/flows/": ("POST",),
    "/flows/{id}": ("GET", "PATCH", "DELETE"),
    "/flows/name/{name}": ("GET",),
    "/flow_runs/": ("POST",),
    "/flow_runs/{id}": ("GET", "PATCH", "DELETE"),
    "/flow_runs/{id}/set_state": ("POST",),
    "/flow_runs/{id}/graph-v2": ("GET",),
    "/flow_runs/{id}/labels": ("PATCH",),
    "/flow_runs/{id}/logs/download": ("GET",),
    "/flow_runs/{id}/input/{key}": ("GET", "DELETE"),
    "/deployments/": ("POST",),
    "/deployments/{id}": ("GET", "PATCH", "DELETE"),
    "/deployments/name/{flow}/{name}": ("GET",),
    "/deployments/{id}/create_flow_run": ("POST",),
    "/deployments/{id}/schedules": ("GET", "POST"),
    "/deployments/{id}/schedules/{schedule_id}": ("PATCH", "DELETE"),
    "/saved_searches/": ("PUT",),
    "/saved_searches/{id}": ("GET", "DELETE"),
    "/artifacts/{id}": ("GET", "PATCH", "DELETE"),
    "/artifacts/{key}/latest": ("GET",),
    "/variables/{id}": ("GET", "PATCH", "DELETE"),
    "/variables/name/{name}": ("GET", "PATCH", "DELETE"),
    "/block_types/{id}": ("GET", "PATCH", "DELETE"),
    "/block_types/slug/{slug}": ("GET",),
    "/block_types/slug/{slug}/block_documents": ("GET",),
    "/block_types/slug/{slug}/block_documents/name/{name}": ("GET",),
    "/block_schemas/{id}": ("GET", "DELETE"),
    "/block_schemas/checksum/{checksum}": ("GET",),
    "/block_documents/{id}": ("GET", "PATCH", "DELETE"),
    "/automations/owned-by/{resource}": ("DELETE",),
    "/deployments/{id}/work_queue_check": ("GET",),
    "/work_pools/{name}": ("GET", "PATCH", "DELETE"),
    "/work_pools/{name}/queues/{name}": ("GET", "PATCH", "DELETE"),
    "/work_pools/{name}/workers/{name}": ("DELETE",),
    "/work_queues/{id}": ("GET", "PATCH", "DELETE"),
    "/work_queues/name/{name}": ("GET",),
    "/work_queues/{id}/status": ("GET",),
    "/concurrency_limits/{id}": ("GET", "DELETE"),
    "/concurrency_limits/tag/{tag}": ("GET", "DELETE"),
    "/v2/concurrency_limits/{id}": ("GET", "PATCH", "DELETE"),
}
# What is below these is posted to, unless it is told above.
POSTED = (
    *("/task_runs/", "/flow_runs/", "/flows/", "/deployments/", "/logs/"),
    *(
        "/ui/flow_runs/",
        "/ui/flows/",
        "/artifacts/",
        "/automations/filter",
        "/work_pools/",
        "/work_queues/",
        "/saved_searches/",
    ),
    *("/concurrency_limits/", "/v2/concurrency_limits/", "/variables/"),
    *("/block_types/", "/block_schemas/", "/block_documents/"),
)


def endpoint(step: RequestStep) -> str:
    path = step.path.partition("?")[0]
    for pattern, spelled in _PATHS:
        if found := pattern.fullmatch(path):
            return _with_method(step.method, found.expand(spelled))
    return "unknown paths"


def _with_method(method: str, path: str) -> str:
    expected = METHODS.get(path, ("POST" if path.startswith(POSTED) else "GET",))
    return f"{method} {path}" if method in expected else "other methods"
