"""What is kept of a title, a body, topics and short remarks as they come in."""

from collections.abc import Iterable

from django.utils.text import slugify

from twodesks.kit.markdown import MAX_CHARS
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.kit.words import UNKEEPABLE, clean_line

TITLE_CHARS = 200
TOPIC_CHARS = 60
TOPICS = 12
REMARK_CHARS = 500


def clean_title(title: str) -> str:
    """One line. Raises `Invalid` when it is too long."""
    return clean_line(
        title,
        most=TITLE_CHARS,
        field="title",
        refusal=f"Keep the title under {TITLE_CHARS} letters; the text has room for more. Nothing was lost.",
    )


def clean_body(body: str) -> str:
    """Lines end in one way. Raises `TooLarge`."""
    body = UNKEEPABLE.sub("", body).replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if len(body) > MAX_CHARS:
        raise TooLarge(
            f"This text has {len(body):,} letters, and an insight holds {MAX_CHARS:,}. It is still here as you "
            "wrote it. Make two insights of it, or shorten it.",
            field="body",
        )
    return body


def clean_topics(topics: Iterable[str]) -> list[str]:
    """Each once, whatever its case. Raises `Invalid` for too many or too long ones."""
    kept: dict[str, str] = {}
    for topic in topics:
        refusal = f"Keep a topic under {TOPIC_CHARS} letters. The text is kept."
        words = clean_line(topic, most=TOPIC_CHARS, field="topics", refusal=refusal)
        if words:
            kept.setdefault(words.casefold(), words)
    if len(kept) > TOPICS:
        raise Invalid(f"Choose up to {TOPICS} topics: the ones somebody would look for.", field="topics")
    return list(kept.values())


def clean_remark(words: str, *, field: str) -> str:
    """A reason, a note, a word of thanks. Raises `Invalid` when it is too long."""
    return clean_line(words, most=REMARK_CHARS, field=field)


def slug_of(title: str) -> str:
    return slugify(title, allow_unicode=True)[:80].strip("-")
