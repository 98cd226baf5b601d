"""Servers go on from where others stood, and each as if it had lived all of it itself."""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from threading import Lock
from typing import Any, NamedTuple

import pytest

from raftkit.protocol import Effects, Log, Settings
from raftkit.protocol.roles import FOLLOWER
from raftkit.scenarios.small_world.living import Living


class Counting:
    """A server that counts its events; how it keeps the count is each test's own."""

    def __init__(self, *_: Any) -> None:
        self.count = 0

    def start(self) -> Effects:
        return Effects()

    def handle(self, event: Any) -> Effects:
        self.count += 1
        return Effects()

    def observe(self) -> Any:
        return self.count


class InAList(Counting):
    def __init__(self, *_: Any) -> None:
        self.kept: Any = [0]

    count = property(  # type: ignore[assignment]
        lambda self: self.kept[0], lambda self, value: self.kept.__setitem__(0, value)
    )


class InAListTwice(InAList):
    def __init__(self, *_: Any) -> None:
        self.kept = [0]
        self.same = {"same": self.kept}

    def observe(self) -> Any:
        return self.same["same"][0]


class InManyContainers(Counting):
    def __init__(self, *_: Any) -> None:
        self.kept = {"a": deque[Any](), "b": defaultdict[str, int](int), "c": Counter[str]()}

    def handle(self, event: Any) -> Effects:
        self.kept["a"].append(event)
        self.kept["b"]["x"] += 1
        self.kept["c"]["x"] += 1
        return Effects()

    def observe(self) -> Any:
        (number,) = {len(self.kept["a"]), self.kept["b"]["x"], self.kept["c"]["x"]}
        return number


@dataclass
class _State:
    count: int = 0
    log: Log = field(default_factory=Log)


class InADataclass(Counting):
    def __init__(self, *_: Any) -> None:
        self.kept = _State()

    def handle(self, event: Any) -> Effects:
        self.kept.count += 1
        return Effects()

    def observe(self) -> Any:
        return self.kept.count


class InABoundMethod(Counting):
    def __init__(self, *_: Any) -> None:
        self.count = 0
        self.handlers = {str: self._one_more}

    def _one_more(self) -> None:
        self.count += 1

    def handle(self, event: Any) -> Effects:
        self.handlers[str]()
        return Effects()


class InSlots:
    __slots__ = ("count",)
    __init__, start, handle, observe = (
        Counting.__init__,
        Counting.start,
        Counting.handle,
        Counting.observe,
    )


class InAClosure(Counting):
    def __init__(self, *_: Any) -> None:
        kept = [0]

        def one_more() -> None:
            kept[0] += 1

        self.one_more, self.kept = one_more, lambda: kept[0]

    def handle(self, event: Any) -> Effects:
        self.one_more()
        return Effects()

    def observe(self) -> Any:
        return self.kept()


class InADefault(Counting):
    def __init__(self, *_: Any) -> None:
        def one_more(kept: list[int] = []) -> int:  # noqa: B006
            kept.append(0)
            return len(kept) - 1

        self.one_more, self.count = one_more, 0
        one_more()

    def handle(self, event: Any) -> Effects:
        self.count = self.one_more()
        return Effects()


class InAnIterator(Counting):
    def __init__(self, *_: Any) -> None:
        self.counter, self.count = count(1), 0

    def handle(self, event: Any) -> Effects:
        self.count = next(self.counter)
        return Effects()


class BesideALock(Counting):
    def __init__(self, *_: Any) -> None:
        self.count, self.lock = 0, Lock()


class _Pair(NamedTuple):
    count: int


class InANamedTuple(Counting):
    def __init__(self, *_: Any) -> None:
        self.pair = _Pair(0)

    def handle(self, event: Any) -> Effects:
        self.pair = _Pair(self.pair.count + 1)
        return Effects()

    def observe(self) -> Any:
        return self.pair.count


class CopiesShareAll(InAList):
    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        return (lambda: self, ())


class _Role(Enum):
    WAITING = object()


NOBODY = object()


class ComparesWithIs(Counting):
    """Texts, enumerated values and marks stay what they are."""

    def __init__(self, *_: Any) -> None:
        self.count, self.role, self.text, self.vote = 0, _Role.WAITING, FOLLOWER, NOBODY

    def handle(self, event: Any) -> Effects:
        same = self.role is _Role.WAITING and self.text is FOLLOWER and self.vote is NOBODY
        self.count += same
        return Effects()


KINDS = [
    Counting,
    InAList,
    InAListTwice,
    InManyContainers,
    InADataclass,
    InABoundMethod,
    InSlots,
    InAClosure,
    InADefault,
    InAnIterator,
    BesideALock,
    InANamedTuple,
    CopiesShareAll,
    ComparesWithIs,
]
BEGIN = ("S1", ("S1", "S2"), Settings())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_goes_on_as_if_it_were_alone(kind: Any) -> None:
    living = Living(lambda *begin: kind(*begin))
    living.live_on(None, BEGIN, "start", None, "started")
    living.live_on("started", BEGIN, "one", None, "one event")
    further = [living.live_on("one event", BEGIN, text, None, text)[1] for text in "abc"]
    restarted = living.live_on("a", BEGIN, "restart", None, "again")[1]

    assert further == [2, 2, 2]
    assert living.live_on("started", BEGIN, "d", None, None)[1] == 1
    assert living.live_on("c", BEGIN, "e", None, None)[1] == 3
    assert restarted == 0
    assert living.live_on("again", BEGIN, "f", None, None)[1] == 1


@pytest.mark.parametrize(
    ("kind", "built"), [(Counting, 1), (InABoundMethod, 1), (InSlots, 1), (InAClosure, 4)]
)
def test_a_server_of_plain_values_is_built_once(kind: Any, built: int) -> None:
    begun = []
    living = Living(lambda *begin: begun.append(begin) or kind(*begin))
    living.live_on(None, BEGIN, "start", None, "started")
    for text in "abc":
        living.live_on("started", BEGIN, text, None, None)

    assert len(begun) == built


def test_after_an_error_nobody_goes_on() -> None:
    class Failing(Counting):
        def handle(self, event: Any) -> Effects:
            raise ValueError(event)

    living = Living(Failing)
    living.live_on(None, BEGIN, "start", None, "started")
    with pytest.raises(ValueError, match="one"):
        living.live_on("started", BEGIN, "one", None, "after")

    assert living.knows("started")
    assert not living.knows("after")
