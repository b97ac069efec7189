"""Django's database settings from one address, read by libpq's own rules, so every form that psql takes works here."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

OWN_KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
PLAN_KEPT_AFTER = 3


def database_settings(url: str, *, keeps_plans: bool = True) -> dict[str, Any]:
    """Django's form of `postgres://…`, `postgresql://…` or `host=… dbname=…`.

    With `keeps_plans`, what a connection has asked a few times is planned no more (`rows.prepared`), and long reads
    are fetched bit by bit; not behind a pooler, which may give the next read another connection.
    """
    told = conninfo_to_dict(url.replace("postgres://", "postgresql://", 1))
    settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    if keeps_plans:
        settings["OPTIONS"]["prepare_threshold"] = PLAN_KEPT_AFTER
    else:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    for key, value in told.items():
        if key in OWN_KEYS:
            settings[OWN_KEYS[key]] = str(value)
        else:
            settings["OPTIONS"][key] = value
    return settings
