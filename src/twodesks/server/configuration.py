"""The embedded PostgreSQL's settings and who may open its socket."""

import os
import pwd
import sys
from pathlib import Path

from twodesks.server.binaries import Binaries
from twodesks.server.processes import memory_bytes

MB = 1024 * 1024
SUPERUSER = "postgres"
ROLE = "twodesks"
DATABASE = "twodesks"

OWN_SETTINGS = "include 'twodesks.conf'\n\n# Your own settings go below; they win.\n"
HEADER = "# Written by Twodesks at each start. Put your own settings into postgresql.conf, below its include line.\n"


def write_configuration(cluster: Path, sockets: Path, binaries: Binaries, *, owner: str, durable: bool) -> None:
    """Write our settings beside postgresql.conf, which stays the administrator's own and wins."""
    settings = server_settings(sockets, memory_bytes(), durable=durable)
    if binaries.textsearch:
        settings |= binaries.textsearch.settings()
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    (cluster / "twodesks.conf").write_text(HEADER + "\n".join(lines) + "\n")
    (cluster / "pg_hba.conf").write_text(HEADER + "local all all peer map=twodesks\n")
    users = sorted({owner, pwd.getpwuid(os.geteuid()).pw_name})
    rows = [f'twodesks "{user}" {role}\n' for user in users for role in (ROLE, SUPERUSER)]
    (cluster / "pg_ident.conf").write_text(HEADER + "".join(rows))


def server_settings(sockets: Path, memory: int, *, durable: bool) -> dict[str, str]:
    """Sized for a small server that also runs the web pages, the worker and a speech model."""
    switch = "on" if durable else "off"
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "fsync": switch,
        "full_page_writes": switch,
        "synchronous_commit": switch,
        "shared_buffers": _mb(memory // 8, 128, 1024),
        "effective_cache_size": _mb(memory // 2, 256, 65536),
        "maintenance_work_mem": _mb(memory // 16, 64, 1024),
        "work_mem": "16MB",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "",
        "log_timezone": "UTC",
        # The application hears of its own errors, and expects some; statements and details would quote people.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }


def _mb(amount: int, least: int, most: int) -> str:
    return f"{min(most, max(least, amount // MB))}MB"


def _quoted(value: str) -> str:
    return value.replace("'", "''")
