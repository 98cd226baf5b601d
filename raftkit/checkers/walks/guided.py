"""`walk_until_broken`: walks that are guided by what one rule is asked, within a fixed budget.

The rule is an answer that differs from the reference somewhere. A walk that asks it something new
is worth going on from, and most of all a walk in which the answer was another than the
reference's: there the harm is done, and has to show. So the explorer searches what can follow. It
does not know why the rule is wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from raftkit.checkers.explorer import Bounds, NotSearchable
from raftkit.checkers.schedules import Draw
from raftkit.checkers.trials import Trial
from raftkit.checkers.walks.end import End
from raftkit.checkers.walks.random_moves import move_at_random
from raftkit.checkers.walks.starts import STARTS
from raftkit.checkers.walks.walk import Place, Walk
from raftkit.protocol import Rules

# A walk costs as much as so many actions before its first one.
_SET_UP = 20
# Places with longer ways to them are not gone on from, and of the others only the latest.
_LONGEST_WAY, _LATEST = 90, 40
# How likely a walk goes on from the places of most worth, else from those of less, and so on.
_GO_ON = 0.4
# What a place is worth: whether the answer was another, and whether it was asked something new.
_OTHER_AND_NEW, _OTHER, _NEW, _NOTHING = _WORTHS = (3, 2, 1, 0)


# Another election, another command and another entry than the walk has.
_MORE = Bounds(terms=1, log=1, timeouts=1)
# How many states are explored after each start; after how many harms, and how many states there.
_AFTER_START, _HARMS, _AFTER_HARM = 800, 5, 3_000


@dataclass(frozen=True)
class Walking:
    """What walks have found: the trial that breaks a property, or None; how many, how long.

    `states` is the number of states that were explored from their places.
    """

    found: Trial | None
    walks: int
    longest: int
    states: int


def walk_until_broken(
    name: str,
    answer: Callable[..., Any],
    seed: int,
    budget: int,
    ends_walk: Callable[[Exception], bool] = lambda error: False,
) -> Walking:
    """Walk with servers that obey `answer` as their rule `name`, until a property breaks.

    It ends when the walks have taken `budget` actions. An error that `answer` raises is raised, or
    ends only its walk if `ends_walk` says so.

    >>> always = lambda granted, refused, servers: True
    >>> walking = walk_until_broken("has_majority", always, seed=0, budget=1_000)
    >>> walking.found.servers, walking.walks
    (3, 8)
    """
    guide = _Guide(name, _WatchedRule(answer, getattr(Rules(), name)), Draw(seed))
    walks = longest = 0
    found = None
    while budget > 0 and found is None:
        budget -= _SET_UP
        walks += 1
        try:
            found, length = guide.found(walks - 1)
            budget, longest = budget - length, max(longest, length)
        except Exception as error:
            if not ends_walk(error):
                raise
    return Walking(found, walks, longest, guide.states)


class _Guide:
    """Chooses where walks begin and what they do, and keeps the places that they have come to."""

    def __init__(self, name: str, rule: "_WatchedRule", draw: Draw) -> None:
        self._rule = rule
        self._rules = Rules().with_rule(name, rule)
        self._draw = draw
        self._places: dict[int, list[Place]] = defaultdict(list)
        self._harms = self.states = 0

    def found(self, number: int) -> tuple[Trial | None, int]:
        """What the walk with this number finds, and its length.

        First each start is walked on from at random, then what can follow it is explored.
        """
        turn, place = divmod(number, len(STARTS))
        if turn == 1:
            walk = STARTS[place].walk(self._rules)
            return walk.found or self._explored(End(walk, _MORE), _AFTER_START), walk.length
        walk = STARTS[place].walk(self._rules) if turn == 0 else self._begin()
        harm = self._go_on(walk)
        found = walk.found
        if turn and found is None and harm is not None and self._harms < _HARMS:
            self._harms += 1
            found = self._explored(harm, _AFTER_HARM)
        return found, walk.length

    def _explored(self, end: End, states: int) -> Trial | None:
        """The trial of a broken property that can follow the end of a walk, or None."""
        try:
            exploration = end.explored(self._rules, budget=states, calls=states)
        except NotSearchable:
            return None
        self.states += exploration.states
        self._rule.look()  # What was asked in another order of events is no news for walks.
        return exploration.trial if exploration.verdict == "violated" else None

    def _begin(self) -> Walk:
        """A walk from a place of an earlier one, or from a start."""
        for worth in _WORTHS:
            if self._places[worth] and self._draw.chance(_GO_ON):
                latest = self._places[worth][-_LATEST:]
                walk = Walk(latest[self._draw.below(len(latest))], self._rules)
                self._rule.look()  # What was asked on the way to the place is no news.
                return walk
        start = STARTS[self._draw.below(len(STARTS))]
        return start.walk(self._rules)

    def _go_on(self, walk: Walk) -> End | None:
        """Make some random moves; return the first place with a new harm, if there is one."""
        harm = None
        for left in reversed(range(5 + self._draw.below(8))):
            worth = self._rule.look()
            if walk.is_over:
                break
            if worth and walk.length <= _LONGEST_WAY:
                self._places[worth].append(walk.place)
                if worth == _OTHER_AND_NEW and harm is None:
                    harm = End(walk, _MORE)
            if left:
                move_at_random(walk, self._draw)
        return harm


class _WatchedRule:
    """A rule that remembers its answers, since it depends on nothing else than its arguments."""

    def __init__(self, answer: Callable[..., Any], right: Callable[..., Any]) -> None:
        self._answer = answer
        self._right = right
        self._known: dict[Hashable, tuple[Any, bool]] = {}
        self._worth = _NOTHING

    def __call__(self, *arguments: Any) -> Any:
        call = tuple(tuple(part) if isinstance(part, list) else part for part in arguments)
        is_new = call not in self._known
        if is_new:
            returned = self._answer(*call)
            self._known[call] = returned, self._is_other(returned, call)
        returned, other = self._known[call]
        worth = (_OTHER_AND_NEW if is_new else _OTHER) if other else (_NEW if is_new else _NOTHING)
        self._worth = max(self._worth, worth)
        return returned

    def _is_other(self, returned: Any, call: tuple[Any, ...]) -> bool:
        try:
            return bool(returned != self._right(*call))
        except LookupError:
            # With wrong answers, servers come to where the reference has nothing to say.
            return True

    def look(self) -> int:
        """What has been asked since the last look is worth."""
        worth, self._worth = self._worth, _NOTHING
        return worth
