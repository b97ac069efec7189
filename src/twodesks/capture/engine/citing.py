"""How a captured body says where each block came from."""

from collections.abc import Mapping, Sequence

from twodesks.kit.markdown import message_source_markdown, source_markdown
from twodesks.kit.timecode import clock, media_fragment
from twodesks.language.drafting import Block, compose


def body_of(blocks: Sequence[Block], labels: Mapping[int, str]) -> str:
    """`labels` by message id: who said it, and when."""

    def cite(block: Block) -> str:
        if block.stretch is not None:
            recording_id, start_ms, end_ms = block.stretch
            who = labels[block.message_ids[0]].split(",")[0]
            return source_markdown(
                recording_id=recording_id,
                fragment=media_fragment(start_ms, end_ms),
                label=f"{who}, {clock(start_ms)}",
            )
        return " ".join(message_source_markdown(message_id=one, label=labels[one]) for one in block.message_ids)

    return compose(blocks, cite)


def with_model_named(body: str, model: str) -> str:
    return (
        f"> [!note]\n> A language model ({model}) helped with the wording. Look it over before you keep it.\n\n{body}"
    )
