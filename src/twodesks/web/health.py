"""For load balancers and supervisors. `/healthz` is answered before Django, in `project/front.py`."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

LEAST_FREE_BYTES = 64 * 1024 * 1024


class _Seen:
    migrated = False


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve pages: the database answers, its tables are current, the disk has room."""
    checks = {"database": _database(), "migrations": "unknown", "disk": _disk()}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    fine = set(checks.values()) == {"ok"}
    return JsonResponse({"ready": fine, "checks": checks}, status=200 if fine else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _migrations() -> str:
    """Read once: tables do not go back while a process lives."""
    if not _Seen.migrated:
        executor = MigrationExecutor(connection)
        _Seen.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if _Seen.migrated else "not all applied"


def _disk() -> str:
    return "ok" if shutil.disk_usage(settings.MEDIA_ROOT).free > LEAST_FREE_BYTES else "full"
