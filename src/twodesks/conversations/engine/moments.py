"""Days and times as a colleague would say them. Moments and `now` are in the reader's time zone."""

from datetime import datetime, timedelta


def day(moment: datetime, now: datetime) -> str:
    """`today`, `yesterday`, `Monday`, `9 March`, `9 March 2025`."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    if 1 < days < 7:
        return f"{moment:%A}"
    return date(moment, now)


def date(moment: datetime, now: datetime) -> str:
    """`9 March`; with the year when it is another one."""
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {moment:%B}{year}"


def day_and_time(moment: datetime, now: datetime) -> str:
    """`today 16:05`, `Monday 17:20`, `9 March 17:20`."""
    return f"{day(moment, now)} {moment:%H:%M}"


def on_day_at_time(moment: datetime, now: datetime) -> str:
    """In a sentence: `today at 16:05`, `on Monday at 16:05`, `on 9 March at 16:05`."""
    named = day(moment, now)
    lead = "" if named in ("today", "yesterday") else "on "
    return f"{lead}{named} at {moment:%H:%M}"


def short(moment: datetime, now: datetime) -> str:
    """For the end of a row: `08:46` today, `Mon` this week, `8 May` before, with the year when it is another one."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return f"{moment:%H:%M}"
    if 0 < days < 7:
        return f"{moment:%a}"
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {moment:%b}{year}"


def span(lasted: timedelta) -> str:
    """`a minute`, `38 minutes`, `2 hours`, `3 days`, `5 weeks`."""
    minutes = max(1, round(lasted.total_seconds() / 60))
    if minutes < 60:
        return _many(minutes, "minute", "a")
    if minutes < 24 * 60:
        return _many(round(minutes / 60), "hour", "an")
    days = round(minutes / (24 * 60))
    return _many(days, "day", "a") if days < 21 else _many(round(days / 7), "week", "a")


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `40 minutes ago`, `yesterday`, `on Monday`, `on 9 March`."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1) or (passed < timedelta(hours=12) and moment.date() == now.date()):
        return f"{span(passed)} ago"
    named = day(moment, now)
    return named if named in ("today", "yesterday") else f"on {named}"


def _many(count: int, unit: str, one: str) -> str:
    return f"{one} {unit}" if count == 1 else f"{count} {unit}s"
