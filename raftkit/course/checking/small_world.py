"""`SmallWorld`: every call of a rule that can happen among small values, cut into named cases.

A rule is a pure function of small values, so a check asks all of its small world, and numbers
drawn beyond it. A case is a region of that world: one question of the paper, with its points.
The right answers are the reference's, or what a judge accepts. How the calls are made is in
examine_function.py; what the worlds are is in the cases of each chapter.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial
from itertools import chain, islice
from random import Random
from typing import Any

from raftkit.course.checking.cases import AnswerPart, Case, Flaw, cut, difference, wrong_value
from raftkit.course.checking.enlarged_calls import enlarged
from raftkit.protocol import Log
from raftkit.protocol.record import fingerprint
from raftkit.views import Picture

Arguments = tuple[Any, ...]

# How many calls with larger numbers a case draws, and how many of those it asks at most, because
# most of them are in other cases. How many small ones it tries to make large, and asks so.
_DRAWN, _ASKED = 120, 24
_TRIED, _LARGE = 200, 60


def _nothing(*_: Any) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True)
class Region:
    """A named case: the calls about which `why` has something to say.

    `why` takes the arguments of a call. If the call is in the region, it returns what the paper
    says about it; otherwise None. A call belongs to the first region that has it. If several parts
    of an answer are questions of their own, regions are about one `part` each, and a call belongs
    to a region for each of them; a region without a part is about the whole answer.
    """

    name: str
    points: int
    why: Callable[..., str | None]
    part: AnswerPart | None = None


@dataclass(frozen=True, eq=False)
class SmallWorld:
    """The calls of one rule, each the tuple of its arguments, and what is right.

    `rule` is the reference's. `candidates` enumerates small calls; those are asked for which
    `can_happen` is true, which says of a call of any size whether it can come in a run. `drawn`
    makes a call with larger numbers, if there are any; those that cannot happen are left out.

    The reference's answer is right, and so are those in `also_right`. If they are too many to be
    listed, `judge` takes an answer and the arguments, and returns what is wrong with it, or None;
    "" stands for what the region says. `picture` takes the answer, the right one and the
    arguments of a small call, and draws what was asked. The order of the sequences in the
    parameters `unordered` says nothing, so the small calls do not have all orders of long ones.
    """

    rule: Callable[..., Any]
    candidates: Callable[[], Iterable[Arguments]]
    drawn: Callable[[Random], Arguments] | None
    can_happen: Callable[..., bool]
    also_right: Callable[..., Iterable[Any]] = _nothing
    judge: Callable[..., str | None] | None = None
    picture: Callable[..., Picture] | None = None
    unordered: tuple[str, ...] = ()

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the rule's parameters."""
        return tuple(inspect.signature(self.rule).parameters)

    def calls(self) -> list[Arguments]:
        """All small calls that can happen, the smallest first."""
        return sorted((call for call in self.candidates() if self.can_happen(*call)), key=size)

    def drawn_calls(self, random: Random) -> Iterator[Arguments]:
        """Calls with larger numbers that can happen."""
        draw = self.drawn
        calls = (draw(random) for _ in range(_DRAWN)) if draw else ()
        return (call for call in calls if self.can_happen(*call))


@dataclass(frozen=True)
class WorldCall:
    """One call of a small world, in the region of a case."""

    world: SmallWorld
    region: Region
    values: Arguments
    is_small: bool = True

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments by the names of the rule's parameters."""
        return dict(zip(self.world.parameters, self.values, strict=True))

    @property
    def why(self) -> str:
        """What the paper says about this call."""
        return self.region.why(*self.values) or ""

    def flaw_in(self, returned: Any) -> Flaw | None:
        """What is wrong with an answer, or None."""
        world, right = self.world, self.world.rule(*self.values)
        if world.judge is None:
            text = difference(returned, right, self.region.part, self.values)
            complaint = None if self.is_listed(returned) else self.why
        else:
            complaint = world.judge(returned, *self.values)
            text = f"{cut(repr(returned))}."
        if complaint is None:
            return None
        draw = world.picture if self.is_small else None
        picture = None if draw is None else draw(returned, right, *self.values)
        return wrong_value(text, complaint or self.why, picture)

    def is_listed(self, returned: Any) -> bool:
        """Whether it is the reference's answer, or one of those that are also right."""
        world, part, values = self.world, self.region.part, self.values
        return not difference(returned, world.rule(*values), part, values) or any(
            not difference(returned, other, part, values) for other in world.also_right(*values)
        )


@dataclass(frozen=True)
class WorldCase(Case):
    """The case of a region; its calls do not depend on the answers to each other."""

    regions: "Regions"
    region: Region

    @property
    def small_calls(self) -> "Sequence[WorldCall]":
        """The calls of the small world in the region."""
        return self.regions.calls_in(self.region)


class Regions:
    """A small world cut into regions, so that each of its calls is in one of them."""

    def __init__(self, world: SmallWorld, *regions: Region) -> None:
        self.world = world
        self.regions = regions
        self._calls: dict[str, list[WorldCall]] = {}
        self._made: dict[str, int | None] = {}
        self._large: dict[str, tuple[Any, Sequence[WorldCall], int | None]] = {}

    @cached_property
    def parts(self) -> tuple[AnswerPart | None, ...]:
        """The parts of an answer that are judged, each by some regions; None if it is none."""
        parts = dict.fromkeys(region.part for region in self.regions if region.part)
        return tuple(parts) or (None,)

    @property
    def cases(self) -> tuple[Case, ...]:
        """A case for each region: all of its small calls, then some of the large ones."""
        return tuple(
            WorldCase(region.name, region.points, partial(self.asked, region), self, region)
            for region in self.regions
        )

    def asked(self, region: Region, random: Random) -> Iterator[WorldCall]:
        """The calls of a case: the small ones, the smallest first, then drawn and enlarged ones."""
        yield from self.calls_in(region)
        yield from self._large_calls_in(region, random)

    def _large_calls_in(self, region: Region, random: Random) -> Sequence[WorldCall]:
        """The drawn and the enlarged calls of a region, kept as the small ones are.

        Most checks ask with the same seed as the one before.
        """
        seed = random.getstate()
        drawn_with, calls, made = self._large.get(region.name, (None, (), None))
        if drawn_with != seed or _fingerprint(calls) != made:
            calls = (*self._drawn(region, random), *self._made_large(region, random))
            self._large[region.name] = (seed, calls, _fingerprint(calls))
        return calls

    def _drawn(self, region: Region, random: Random) -> Iterator[WorldCall]:
        drawn = chain.from_iterable(map(self._located, self.world.drawn_calls(random)))
        own = (replace(call, is_small=False) for call in drawn if call.region is region)
        return islice(own, _ASKED)

    def _made_large(self, region: Region, random: Random) -> Iterator[WorldCall]:
        small = self.calls_in(region)
        large = (self._enlarged(random.choice(small), random) for _ in range(_TRIED))
        return islice((call for call in large if call is not None), _LARGE)

    def _enlarged(self, call: WorldCall, random: Random) -> WorldCall | None:
        """A call with large values that asks the same, or None if it cannot happen."""
        values = enlarged(self.world.parameters, call.values, random)
        if not self.world.can_happen(*values):
            return None
        located = self._located(values)
        same = next((each for each in located if each.region is call.region), None)
        return same and replace(same, is_small=False)

    def calls_in(self, region: Region) -> Sequence[WorldCall]:
        """The small calls in a region. Raises LookupError if some call is in no region at all.

        They are kept, and made anew once an answer has changed one of them in place.
        """
        if not self._calls or _fingerprint(self._calls[region.name]) != self._made[region.name]:
            made: dict[str, list[WorldCall]] = {each.name: [] for each in self.regions}
            for values in self.world.calls():
                for call in self._located(values):
                    made[call.region.name].append(call)
            # Together, so that an interrupt leaves neither without the other.
            self._calls, self._made = made, {name: _fingerprint(made[name]) for name in made}
        return self._calls[region.name]

    def _located(self, values: Arguments) -> Iterator[WorldCall]:
        """The call in its region, or in a region for each part of the answer that is judged."""
        located = dict.fromkeys(self._region_for(part, values) for part in self.parts)
        return (WorldCall(self.world, region, values) for region in located)

    def _region_for(self, part: AnswerPart | None, values: Arguments) -> Region:
        """The first region that has the call and is about this part or the whole answer."""
        about = (each for each in self.regions if each.part in (part, None))
        for region in about:
            if region.why(*values) is not None:
                return region
        of = f" for {part.label}" if part else ""
        raise LookupError(f"no case asks {self.world.rule.__name__}{values!r}{of}")


def _fingerprint(calls: Sequence[WorldCall]) -> int | None:
    return fingerprint(tuple(call.values for call in calls))


def size(value: Any) -> int:
    """How large the numbers and sequences in a value are, so that small calls come first.

    >>> size((2, "S1", True)), size(Log.of_terms(1, 1))
    (6, 4)
    """
    if isinstance(value, int):
        return abs(int(value))
    if isinstance(value, tuple | Log):
        return sum(map(size, value)) + len(value)
    if is_dataclass(value):
        return sum(size(getattr(value, field.name)) for field in fields(value))
    return 0
