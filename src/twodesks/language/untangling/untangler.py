"""Channel talk that nobody threaded, split into conversations with who replies to whom."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from functools import cache

from twodesks.language.untangling.decision import Model
from twodesks.language.untangling.flow import Flow, Stretch
from twodesks.language.untangling.messages import ChatMessage, Link

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
        self._model = _model()
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
        for child, parent in self._model.decide(stretch):
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


@cache
def _model() -> Model:
    return Model.load()
