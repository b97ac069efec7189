import re
import time

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from twodesks.language.draft_parts import parts_of
from twodesks.language.drafting import Block, Draft, Said, Voice, compose, draft_insight

QUESTION = Said(
    1,
    "alice",
    "Hi all! How do I see which query holds the lock on `orders`? The migration waits for ever.\n\n"
    "```\nERROR:  canceling statement due to lock timeout\n```\nThanks!",
    "question",
)
EXPLANATION = [
    Said(2, "bob", "Good question, let me check."),
    Said(
        3,
        "bob",
        "@alice Look in pg_stat_activity first. Which version are you on?\n\n"
        "```sql\nselect pid, query\nfrom pg_stat_activity -- hi. thanks!\n```",
        "answer",
        accepted=True,
    ),
    Said(4, "alice", "16"),
    Said(
        5, "bob", "First stop the worker. Then run `pg_blocking_pids(pid)`. Finally end it with pg_terminate_backend."
    ),
    Said(6, "alice", "And does that lose data?"),
    Said(7, "bob", "No, because the transaction is rolled back. See https://example.org/locks for the rest."),
    Said(8, "alice", "That worked, thank you! It was an idle session that I had left open over lunch."),
    Said(9, "carol", "+1 :tada:"),
]
TALK = [QUESTION, *EXPLANATION]


def body(draft: Draft) -> str:
    return compose(draft.blocks, lambda block: "")


def test_the_question_is_the_context_and_the_explanation_the_body_in_order() -> None:
    draft = draft_insight(TALK)
    assert draft.title == "How to see which query holds the lock on orders"
    assert draft.blocks[0] == Block(
        "> How do I see which query holds the lock on `orders`? The migration waits for ever.", (1,), "context"
    )
    text = body(draft)
    order = ["The migration waits", "lock timeout", "Look in pg_stat_activity first.", "select pid", "1. First stop"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_greetings_thanks_waiting_and_questions_back_are_left_out() -> None:
    text = body(draft_insight(TALK))
    for words in ("Hi all", "Thanks!\n", "let me check", "Which version", "That worked", "+1", "@alice"):
        assert words not in text
    assert "No, because the transaction is rolled back." in text
    assert "> It was an idle session that I had left open over lunch." in text


def test_a_question_that_was_answered_later_stays_beside_its_answer() -> None:
    kinds = [(block.kind, block.message_ids) for block in draft_insight(TALK).blocks]
    assert kinds.index(("context", (6,))) + 1 == kinds.index(("paragraph", (7,)))


def test_steps_become_a_numbered_list_with_their_words_as_they_were() -> None:
    steps = [block for block in draft_insight(TALK).blocks if block.kind == "step"]
    assert [step.markdown for step in steps] == [
        "1. First stop the worker.",
        "2. Then run `pg_blocking_pids(pid)`.",
        "3. Finally end it with pg_terminate_backend.",
    ]


def test_two_orders_in_a_row_are_no_list() -> None:
    draft = draft_insight([QUESTION, Said(2, "bob", "Restart the worker. Then look at the log, which says why.")])
    assert not any(block.kind == "step" for block in draft.blocks)


def test_credits_name_who_asked_who_explained_and_who_said_it_worked() -> None:
    credits = draft_insight(TALK).credits
    assert (credits.asked, credits.explained, credits.confirmed) == ("alice", ("bob",), ("alice",))


def test_an_asker_who_must_not_be_named_is_in_no_credit() -> None:
    hidden = [
        Said(one.id, "" if one.author == "alice" else one.author, one.text, one.kind, one.accepted) for one in TALK
    ]
    credits = draft_insight(hidden).credits
    assert (credits.asked, credits.explained, credits.confirmed) == (None, ("bob",), ())


def test_a_voice_note_comes_as_a_clip_with_its_words_each_with_its_second() -> None:
    voice = Voice(12, "Bob explains", 0, 62_000, ((0, 26_000, "Look who blocks."), (26_000, 62_000, "Then end it.")))
    blocks = draft_insight([QUESTION, Said(2, "bob", "", voice=voice)]).blocks[-3:]
    assert blocks[0].markdown == "![clip: Bob explains](recording:12#t=0,62)"
    assert [(block.markdown, block.stretch) for block in blocks[1:]] == [
        ("Look who blocks.", (12, 0, 26_000)),
        ("Then end it.", (12, 26_000, 62_000)),
    ]


def test_files_stay_as_links() -> None:
    draft = draft_insight([QUESTION, Said(2, "bob", "The plan is here.", files=(("plan [2].txt", "/files/2/"),))])
    assert draft.blocks[-1] == Block(r"[plan \[2\].txt](/files/2/)", (2,), "file")


def test_what_somebody_chose_is_never_empty_even_if_it_is_small_talk() -> None:
    draft = draft_insight([Said(1, "bob", "thanks!")])
    assert [block.markdown for block in draft.blocks] == ["thanks!"]


def test_titles_become_statements_only_where_that_is_safe() -> None:
    for asked, title in (
        ("How can we rotate the signing key?", "How to rotate the signing key"),
        ("Does anyone know how to read a query plan?", "How to read a query plan"),
        ("Why does the deploy hang?", "Why does the deploy hang"),
        ("Hi, quick question: is 16 supported?", "Is 16 supported"),
    ):
        assert draft_insight([QUESTION, EXPLANATION[1]], title=asked).title == title


def test_sources_go_to_the_end_of_a_block_or_below_code() -> None:
    text = compose(
        draft_insight(TALK).blocks, lambda block: f"[m{block.message_ids[0]}](message:{block.message_ids[0]})"
    )
    assert "Look in pg_stat_activity first. [m3](message:3)" in text
    assert "thanks!\n```\n\n[m3](message:3)" in text
    assert "worker. [m5](message:5)\n2. Then" in text


def test_five_hundred_messages_take_less_than_a_second() -> None:
    long = [Said(place, "ab"[place % 2], TALK[place % len(TALK)].text) for place in range(500)]
    draft_insight(TALK)
    started = time.perf_counter()
    draft_insight(long)
    assert time.perf_counter() - started < 1


lines = st.sampled_from(
    [
        "hi all", "thanks!", "How do I do it?", "First stop it.", "Then run it.", "Finally look.", "It works by a lock",
        "- one\n- two", "> quoted", "# Head", "", "    indented", "`code. hi`", "```\nx = 1\n\nhi. thanks!\n```",
        "~~~py\ny\n~~~", "```\nnever closed", "https://example.org/a?b=c", "@bob no, 42", "let me check",
    ]
) | st.text(max_size=60)  # fmt: skip
texts = st.lists(lines, max_size=6).map("\n\n".join)
talks = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), texts, st.booleans()), min_size=1, max_size=8).map(
    lambda said: [
        Said(place + 1, author, text, "question" if place == 0 and asked else "reply")
        for place, (author, text, asked) in enumerate(said)
    ]
)
SCAFFOLDING = re.compile(r"(?m)^(?:> ?|\d{1,3}\. )|…$|^(?:`{3,}|~{3,})$")


@given(talks)
@settings(max_examples=150, deadline=None)
def test_no_code_is_changed_nothing_is_invented_and_every_block_cites(said: list[Said]) -> None:
    draft = draft_insight(said)
    by = {one.id: one.text.replace("\r\n", "\n").replace("\r", "\n") for one in said}
    for block in draft.blocks:
        assert block.message_ids
        assert set(block.message_ids) <= set(by)
        text = by[block.message_ids[0]]
        if block.kind == "code":
            assert block.markdown in {part.text for part in parts_of(text)}
            assert block.markdown.rsplit("\n", 1)[0] in text
        squeezed = "".join(text.split())
        for sentence in SCAFFOLDING.sub("", block.markdown).split():
            assert sentence in squeezed
    assert draft == draft_insight(said)


@given(texts)
@example("```\nnever closed\n\n```\nx = 1\n\nhi. thanks!\n```")
@settings(max_examples=100, deadline=None)
def test_every_fence_of_a_message_is_in_its_parts(text: str) -> None:
    code = [part.text for part in parts_of(text) if part.kind == "code"]
    fences = [token.content for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert all(fence in "\n".join(code) for fence in fences if fence == "x = 1\n\nhi. thanks!\n")
