"""Django's database settings from one address, read by libpq's own rules, so every form that psql takes works here."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

OWN_KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database_settings(url: str) -> dict[str, Any]:
    """Django's form of `postgres://…`, `postgresql://…` or `host=… dbname=…`."""
    told = conninfo_to_dict(url.replace("postgres://", "postgresql://", 1))
    settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    for key, value in told.items():
        if key in OWN_KEYS:
            settings[OWN_KEYS[key]] = str(value)
        else:
            settings["OPTIONS"][key] = value
    return settings
