"""Logs: one JSON line for each event on standard output (readable at a terminal), nothing personal in them."""

import logging
import logging.config
import os
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor

# Set by the commands that serve; the others talk to a person and log only what went wrong, on standard error.
PROCESS_VARIABLE = "TWODESKS_PROCESS"
QUIET = ("httpx", "httpcore", "urllib3", "botocore", "boto3", "s3transfer", "faster_whisper", "_granian", "granian")

# Database errors quote rows, those of mail the addresses that were refused.
QUOTING = ("psycopg", "django.db", "smtplib", "imaplib")


def configure(settings: dict[str, str]) -> None:
    """Send structlog and the standard library's loggers the same way. `settings`: `level` and `format`."""
    serving = os.environ.get(PROCESS_VARIABLE, "")
    stream = sys.stdout if serving else sys.stderr
    level = settings.get("level", "info").upper() if serving else "WARNING"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_process(serving),
        _tell_jobs_without_arguments,
        _tell_failures_without_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        _renderer(settings.get("format", "auto"), stream.isatty()),
                    ],
                }
            },
            "filters": {"failures": {"()": _OnlyFailures}},
            "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line", "stream": stream}},
            "root": {"handlers": ["stream"], "level": level},
            "loggers": {
                # Whoever sends a strange request must not be able to fill the log with it.
                "django.security": {"level": "ERROR"},
                "django.request": {"level": "ERROR", "handlers": [], "filters": ["failures"], "propagate": True},
                "django.server": {"handlers": [], "propagate": True},
                "django": {"handlers": [], "propagate": True},
                # Somebody at a terminal looks for the address, not for each job.
                "procrastinate": {"level": "WARNING" if stream.isatty() or not serving else "INFO"},
                **{f"procrastinate.{name}": {"level": "WARNING"} for name in ("periodic", "blueprints", "jobs")},
                **{name: {"level": "WARNING"} for name in QUIET},
            },
        }
    )


def _renderer(wanted: str, at_terminal: bool) -> Processor:
    if wanted == "json" or (wanted == "auto" and not at_terminal):
        return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=at_terminal)


def _name_process(name: str) -> Processor:
    def add(logger: Any, method: str, event: EventDict) -> EventDict:
        if name:
            event.setdefault("process", name)
        return event

    return add


def _tell_jobs_without_arguments(logger: Any, method: str, event: EventDict) -> EventDict:
    """procrastinate's messages hold a job's arguments; its name and number are enough."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.startswith("procrastinate"):
        job = getattr(record, "job", None)
        action = getattr(record, "action", None)
        if isinstance(job, dict):
            event["event"] = action or "job"
            event["job"] = job.get("task_name")
            event["job_id"] = job.get("id")
    return event


def _tell_failures_without_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """Where and what kind a failure was. Messages that quote rows or addresses are left out."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    elif isinstance(told, BaseException):
        told = (type(told), told, told.__traceback__)
    if not isinstance(told, tuple) or told[1] is None:
        return event
    kind, error, trace = told
    event["error"] = f"{kind.__module__}.{kind.__qualname__}"
    if not _quotes(error):
        event["error_message"] = str(error)[:500]
    event["trace"] = _places(trace)
    return event


class _OnlyFailures(logging.Filter):
    """Django logs each refused request with its path; our own line for it has the route and the status."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


def _quotes(error: BaseException | None) -> bool:
    """Whether the message of an error, or of one that it came from, may hold what people wrote or their addresses."""
    seen = 0
    while error is not None and seen < 10:
        if type(error).__module__.startswith(QUOTING):
            return True
        error = error.__cause__ or error.__context__
        seen += 1
    return False


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-25:]]
