"""A first draft of an insight from messages: what was asked, what was explained, and nothing that was not said.

Extractive: sentences, code, lists and links stand as they were written; greetings, thanks and "let me check" are left
out. Each block names the messages it came from. Deterministic, without a language model.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from twodesks.kit.markdown import clip_markdown, escape
from twodesks.kit.timecode import media_fragment
from twodesks.language import talk
from twodesks.language.draft_parts import Part, parts_of, said_of
from twodesks.language.key_phrases import extract_key_phrases

TITLE_CHARS = 90
TOPICS = 5
CONTEXT_CHARS = 600
# A stretch of speech that reads as one paragraph.
_PARAGRAPH_MS = 25_000
_PHRASES_FROM = 20_000

_HOW_DO_I = re.compile(
    r"^(?:(?:can|could) (?:some|any)(?:one|body) (?:please )?(?:tell|show|explain to) me |(?:does )?any(?:one|body) "
    r"(?:here )?knows? |do you know |i(?:'| a)?m wondering |i want to know |please tell me )?how (?:do (?:i|we|you)"
    r"|can (?:i|we|one|you)|could (?:i|we)|does one|should (?:i|we)|to) (?:best |properly |actually )?",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:quick question|question|hi|hey|hello|so|ok|okay|um+|and|but|also|please)\b[\s,:!.\-–]*", re.IGNORECASE
)
_OPEN_CODE = re.compile(r"`")


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note or recording with a message: `cues` are (start_ms, end_ms, words)."""

    recording_id: int
    title: str
    start_ms: int
    end_ms: int
    cues: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One selected message. `author` is any key; empty for somebody who must not be named.

    `kind` is `question`, `answer` or `reply`; `files` are (name, address).
    """

    id: int
    author: str
    text: str
    kind: str = "reply"
    accepted: bool = False
    thanks: int = 0
    files: tuple[tuple[str, str], ...] = ()
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: `context`, `paragraph`, `step`, `list`, `code`, `clip`, `file` or `other`; `stretch` for spoken words."""

    markdown: str
    message_ids: tuple[int, ...]
    kind: str = "paragraph"
    stretch: tuple[int, int, int] | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From what `asdict` made of one, also after JSON has made lists of its tuples."""
        stretch = tuple(int(one) for one in row["stretch"]) if row["stretch"] else None
        return cls(
            markdown=str(row["markdown"]),
            message_ids=tuple(int(one) for one in row["message_ids"]),
            kind=str(row["kind"]),
            stretch=(stretch[0], stretch[1], stretch[2]) if stretch else None,
        )


@dataclass(frozen=True, slots=True)
class Credits:
    """Authors' keys, in the order they spoke. `confirmed` said that it helped."""

    asked: str | None
    explained: tuple[str, ...]
    confirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    title: str
    blocks: tuple[Block, ...]
    topics: tuple[str, ...]
    credits: Credits


def draft_insight(messages: Sequence[Said], *, title: str = "") -> Draft:
    """`messages` in the order they were said; `title` what the conversation is called, if it is called something."""
    question = _question(messages)
    explainers = _explainers(messages, question)
    blocks: list[Block] = list(_context(question)) if question is not None else []
    rest = [message for message in messages if question is None or message.id != question.id]
    for place, message in enumerate(rest):
        blocks.extend(_blocks(message, is_asker=_is_asker(message, question), answered=_is_answered(rest, place)))
    blocks = _with_steps(blocks)
    if not blocks:
        blocks = _everything(messages)
    words = " \n\n".join(block.markdown for block in blocks if block.kind != "code")[:_PHRASES_FROM]
    topics = tuple(phrase.text for phrase in extract_key_phrases(talk.LINK.sub(" ", words), limit=TOPICS))
    return Draft(
        title=_title(title, question, blocks, topics),
        blocks=tuple(blocks),
        topics=topics,
        credits=_credits(messages, question, explainers),
    )


def compose(blocks: Sequence[Block], cite: Callable[[Block], str]) -> str:
    """The body. `cite` gives the Markdown of a block's sources, which goes to its end, or below what has no end."""
    pieces: list[str] = []
    for place, block in enumerate(blocks):
        mark = cite(block)
        if block.kind in ("code", "clip", "other"):
            piece = f"{block.markdown}\n\n{mark}" if mark else block.markdown
        else:
            piece = f"{block.markdown} {mark}".rstrip()
        follows = block.kind == "step" and place > 0 and blocks[place - 1].kind == "step"
        pieces.append(("\n" if follows else "\n\n") + piece)
    return "".join(pieces).strip("\n")


def _question(messages: Sequence[Said]) -> Said | None:
    marked = next((message for message in messages if message.kind == "question"), None)
    if marked is not None:
        return marked
    first = next((message for message in messages if not _is_idle(message)), None)
    return first if first is not None and len(messages) > 1 and "?" in talk.LINK.sub("", first.text) else None


def _is_idle(message: Said) -> bool:
    return talk.is_small_talk(message.text) and not message.files and message.voice is None


def _is_asker(message: Said, question: Said | None) -> bool:
    return question is not None and message.author == question.author


def _explainers(messages: Sequence[Said], question: Said | None) -> tuple[str, ...]:
    """Whoever says at least a fifth of what is explained, and whose answer was accepted."""
    weight: Counter[str] = Counter()
    for message in messages:
        if not _is_asker(message, question) and not _is_idle(message):
            spoken = sum(len(words.split()) for _, _, words in message.voice.cues) if message.voice else 0
            weight[message.author] += len(talk.words_of(message.text)) + spoken + 100 * message.accepted
    if not weight and messages:
        return tuple(dict.fromkeys(message.author for message in messages if message.author))
    most = sum(weight.values())
    return tuple(author for author, count in weight.items() if author and count * 5 >= most)


def _context(question: Said) -> list[Block]:
    """What was asked, without hello and thanks, in a quote of a few sentences; its code and files as they are."""
    found: list[Block] = []
    left = CONTEXT_CHARS
    for part in parts_of(question.text):
        if part.kind == "paragraph":
            words = said_of(part.text, keep_questions=True, keep_thanks=False)
            if words and left > 0:
                words = _cut(words, left)
                left -= len(words)
                found.append(Block(_quoted(words), (question.id,), "context"))
        elif part.kind != "blank":
            found.append(Block(part.text, (question.id,), part.kind))
    found.extend(_voice(question))
    found.extend(_files(question))
    return found


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in words.split("\n"))


def _cut(words: str, most: int) -> str:
    """Whole words; never inside inline code."""
    if len(words) <= most:
        return words
    cut = words[:most].rsplit(" ", 1)[0]
    return words if len(_OPEN_CODE.findall(cut)) % 2 else f"{cut}…"


def _blocks(message: Said, *, is_asker: bool, answered: bool) -> list[Block]:
    found: list[Block] = []
    for part in parts_of(message.text):
        if part.kind != "paragraph":
            found.append(Block(part.text, (message.id,), part.kind))
            continue
        words = said_of(part.text, keep_questions=is_asker and answered, keep_thanks=False)
        if words and not (is_asker and not _adds(words, answered)):
            found.append(
                Block(_quoted(words) if is_asker else words, (message.id,), "context" if is_asker else "paragraph")
            )
    found.extend(_voice(message))
    found.extend(_files(message))
    return found


def _adds(words: str, answered: bool) -> bool:
    """What the asker says later stays when it is a question that is then answered, or tells what came of it."""
    if "?" in words:
        return answered
    return len(talk.words_of(words)) >= 8 and not talk.TROUBLE.search(words)


def _is_answered(messages: Sequence[Said], place: int) -> bool:
    following = messages[place + 1 : place + 4]
    return any(
        message.author != messages[place].author and not _is_idle(message) and len(talk.words_of(message.text)) >= 4
        for message in following
    )


def _voice(message: Said) -> list[Block]:
    voice = message.voice
    if voice is None or voice.end_ms <= voice.start_ms:
        return []
    clip = clip_markdown(
        recording_id=voice.recording_id, fragment=media_fragment(voice.start_ms, voice.end_ms), title=voice.title
    )
    found = [Block(clip, (message.id,), "clip")]
    waiting: list[tuple[int, int, str]] = []
    for cue in voice.cues:
        waiting.append(cue)
        if cue[1] - waiting[0][0] >= _PARAGRAPH_MS and cue[2].rstrip().endswith((".", "!", "?", "…")):
            found.append(_spoken(message, voice, waiting))
            waiting = []
    if any(words.strip() for _, _, words in waiting):
        found.append(_spoken(message, voice, waiting))
    return found


def _spoken(message: Said, voice: Voice, cues: Sequence[tuple[int, int, str]]) -> Block:
    words = escape(" ".join(words for _, _, words in cues))
    return Block(words, (message.id,), "paragraph", (voice.recording_id, cues[0][0], cues[-1][1]))


def _files(message: Said) -> list[Block]:
    return [Block(f"[{escape(name)}]({address})", (message.id,), "file") for name, address in message.files]


def _with_steps(blocks: list[Block]) -> list[Block]:
    """Runs of three or more paragraphs that each begin like a step, as a numbered list."""
    found: list[Block] = []
    run: list[Block] = []
    for block in [*_opened(blocks), Block("", (), "end")]:
        if block.kind == "paragraph" and block.stretch is None and _is_step(block.markdown):
            run.append(block)
            continue
        found.extend(_numbered(run) if len(run) >= 3 else run)
        run = []
        found.append(block)
    return found[:-1]


def _opened(blocks: Sequence[Block]) -> list[Block]:
    """A paragraph of three or more step sentences becomes one paragraph a sentence."""
    found: list[Block] = []
    for block in blocks:
        sentences = talk.sentences(block.markdown) if block.kind == "paragraph" and not block.stretch else []
        if len(sentences) >= 3 and all(_is_step(sentence) for sentence in sentences):
            found.extend(Block(sentence, block.message_ids) for sentence in sentences)
        else:
            found.append(block)
    return found


def _is_step(words: str) -> bool:
    return "\n" not in words and len(words) <= 300 and bool(talk.STEP_START.match(words))


def _numbered(run: Sequence[Block]) -> list[Block]:
    return [
        Block(f"{number}. {block.markdown}", block.message_ids, "step") for number, block in enumerate(run, start=1)
    ]


def _everything(messages: Sequence[Said]) -> list[Block]:
    """Where nothing stood out, what was selected stands as it is: somebody chose it."""
    return [
        Block(part.text, (message.id,), part.kind)
        for message in messages
        for part in parts_of(message.text)
        if part.text.strip()
    ]


def _title(title: str, question: Said | None, blocks: Sequence[Block], topics: Sequence[str]) -> str:
    for candidate in (title, _first_question(question)):
        words = _plain_line(candidate)
        if words:
            return _as_statement(words)
    explained = next((block.markdown for block in blocks if block.kind in ("paragraph", "step", "list")), "")
    if topics:
        return _cut(": ".join(topics[:2]) if len(topics) > 1 else topics[0], TITLE_CHARS)
    return _cut(_plain_line(explained), TITLE_CHARS)


def _first_question(question: Said | None) -> str:
    if question is None:
        return ""
    text = " ".join(part.text for part in parts_of(question.text) if part.kind == "paragraph")
    sentences = talk.sentences(said_of(text, keep_questions=True))
    return next((sentence for sentence in sentences if talk.ASKS.search(sentence)), sentences[0] if sentences else "")


def _plain_line(text: str) -> str:
    words = " ".join(talk.LINK.sub(" ", text).replace("`", "").split()).strip("*_#> ")
    for _ in range(3):
        words = _OPENING.sub("", words, count=1)
    return words


def _as_statement(words: str) -> str:
    """`How do I find who holds a lock?` → `How to find who holds a lock`. What cannot be turned safely stays."""
    found = _HOW_DO_I.match(words)
    if found and len(words) > found.end() + 3:
        words = f"How to {words[found.end() :]}"
    words = _cut(words.rstrip(" ?!.,;:"), TITLE_CHARS)
    return words[:1].upper() + words[1:]


def _credits(messages: Sequence[Said], question: Said | None, explainers: tuple[str, ...]) -> Credits:
    begun = False
    confirmed: dict[str, None] = {}
    for message in messages:
        begun = begun or message.author in explainers
        helped = talk.CONFIRMS.search(message.text) and not talk.TROUBLE.search(message.text)
        if begun and helped and message.author and message.author not in explainers:
            confirmed[message.author] = None
    return Credits(
        asked=(question.author or None) if question is not None else None,
        explained=explainers,
        confirmed=tuple(confirmed),
    )


__all__ = ["Block", "Credits", "Draft", "Part", "Said", "Voice", "compose", "draft_insight"]
