"""Channel talk that nobody threaded, split into conversations with who replies to whom."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np

from twodesks.language.untangling.candidates import REACH, pairs
from twodesks.language.untangling.features import message_features, pair_features
from twodesks.language.untangling.flow import Flow, Stretch
from twodesks.language.untangling.messages import ChatMessage, Link
from twodesks.language.untangling.network import Network, likelihoods

# Conversations of so many of the latest messages are kept in mind, for threads that go on late.
REMEMBERED = 100_000


def untangle(messages: Iterable[ChatMessage]) -> list[Link]:
    """One link a message, in the order given. All messages are of one channel, in the order they were said.

    A message whose `thread` is known keeps it; one whose `thread` is its own id is known to begin a conversation.
    """
    untangler = Untangler()
    links = [link for message in messages for link in untangler.add(message)]
    return [*links, *untangler.finish()]


class Untangler:
    """The same for a stream: takes messages one by one, gives links in the same order, some hundreds of messages later.

    Memory does not grow with the length of the stream.
    """

    def __init__(self) -> None:
        self._flow = Flow()
        self._network = _network()
        self._conversations: OrderedDict[str, str] = OrderedDict()
        # In order: a message with a known thread, or None for one that the flow has.
        self._order: deque[ChatMessage | None] = deque()
        self._found: deque[tuple[str, str | None]] = deque()

    def add(self, message: ChatMessage) -> list[Link]:
        """The links that are settled by now; often none."""
        if message.thread is not None:
            # Not heard by the rest of the channel: what is said in a thread is no part of the talk around it.
            self._order.append(message)
            return []
        self._order.append(None)
        settled: list[Link] = []
        for stretch in self._flow.add(message):
            settled += self._settle(stretch)
        return settled

    def finish(self) -> list[Link]:
        """The links of all messages that have none yet. Nothing can be added after."""
        settled = [link for stretch in self._flow.finish() for link in self._settle(stretch)]
        return settled + list(self._emit())

    def _settle(self, stretch: Stretch) -> list[Link]:
        for child, parent in decide(stretch, self._network):
            self._found.append((stretch.ids[child], None if parent == child else stretch.ids[parent]))
        return list(self._emit())

    def _emit(self) -> Iterator[Link]:
        while self._order and (self._order[0] is not None or self._found):
            threaded = self._order.popleft()
            if threaded is None:
                yield self._link(*self._found.popleft())
            else:
                yield self._link(threaded.id, None if threaded.thread == threaded.id else threaded.thread)

    def _link(self, id_: str, parent: str | None) -> Link:
        conversation = id_ if parent is None else self._conversations.get(parent, parent)
        self._conversations[id_] = conversation
        if len(self._conversations) > REMEMBERED:
            self._conversations.popitem(last=False)
        return Link(id_, conversation, parent)


def decide(stretch: Stretch, network: Network) -> Sequence[tuple[int, int]]:
    """(message, what it replies to) for each message to be decided; itself where something new begins."""
    block = stretch.block
    shared = block.shared_words(stretch.first, REACH)
    later, earlier = pairs(block, stretch.first, stretch.last, shared)
    scores = network.scores(pair_features(block, later, earlier, shared), message_features(block), later, earlier)
    starts = np.flatnonzero(np.diff(later, prepend=-1))
    likely = likelihoods(scores, starts)
    best = [start + int(part.argmax()) for start, part in zip(starts, np.split(likely, starts[1:]), strict=True)]
    return list(zip(later[best].tolist(), earlier[best].tolist(), strict=True))


@cache
def _network() -> Network:
    return Network.load()
