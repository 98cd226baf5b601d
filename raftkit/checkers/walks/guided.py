"""`walk_until_broken`: walks that are guided by what one rule is asked, within a budget of actions.

The rule is an answer that differs from the reference somewhere. A walk that asks it something new
is worth going on from, and most of all a walk in which the answer was another than the
reference's: there the harm is done, and has to show. It does not know why the rule is wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from raftkit.checkers.schedules import Draw
from raftkit.checkers.trials import Trial
from raftkit.checkers.walks.random_moves import move_at_random
from raftkit.checkers.walks.starts import STARTS
from raftkit.checkers.walks.walk import Place, Walk
from raftkit.protocol import Rules

# A walk costs as much as so many actions before its first one.
_SET_UP = 20
# Places with longer ways to them are not gone on from, and of the others only the latest.
_LONGEST_WAY, _LATEST = 90, 40
# How likely a walk goes on from the places of most worth, then from those of less, and so on.
_GO_ON = 0.4


@dataclass(frozen=True)
class Walking:
    """What walks have found: the trial that breaks a property, or None; how many, how long."""

    found: Trial | None
    walks: int
    longest: int


def walk_until_broken(name: str, answer: Callable[..., Any], seed: int, budget: int) -> Walking:
    """Walk with servers that obey `answer` as their rule `name`, until a property breaks.

    It ends when the walks have taken `budget` actions. Whatever `answer` raises is raised.

    >>> walk_until_broken("has_majority", lambda granted, refused, servers: True, 0, 1_000).walks
    1
    """
    rule = _WatchedRule(answer, getattr(Rules(), name))
    rules = Rules().with_rule(name, rule)
    draw = Draw(seed)
    places: dict[int, list[Place]] = defaultdict(list)
    walks = longest = 0
    while budget > 0:
        walk = _begin(rules, rule, walks, places, draw)
        _go_on(walk, rule, places, draw)
        walks, longest = walks + 1, max(longest, walk.length)
        budget -= _SET_UP + walk.length
        if walk.is_over:
            return Walking(walk.place.trial, walks, longest)
    return Walking(None, walks, longest)


def _begin(
    rules: Rules,
    rule: "_WatchedRule",
    walks: int,
    places: dict[int, list[Place]],
    draw: Draw,
) -> Walk:
    """A walk from each start in turn; later also from places of other walks."""
    if walks < len(STARTS):
        return STARTS[walks].walk(rules)
    for worth in _WORTHS:
        if places[worth] and draw.chance(_GO_ON):
            latest = places[worth][-_LATEST:]
            walk = Walk(latest[draw.below(len(latest))], rules)
            rule.look()  # What was asked on the way to the place is no news.
            return walk
    return draw.one_of(STARTS).walk(rules)


def _go_on(walk: Walk, rule: "_WatchedRule", places: dict[int, list[Place]], draw: Draw) -> None:
    """Make some moves, and note the places at which the rule was asked something."""
    moves = 4 + draw.below(8)
    while not walk.is_over:
        worth = rule.look()
        if worth and walk.length <= _LONGEST_WAY:
            places[worth].append(walk.place)
        if moves == 0:
            return
        moves -= 1
        move_at_random(walk, draw)


# What a place is worth: whether the answer differed, and whether it was asked something new.
_OTHER_AND_NEW, _OTHER, _NEW, _NOTHING = _WORTHS = (3, 2, 1, 0)


@dataclass
class _WatchedRule:
    """A rule that remembers its answers, since it depends on nothing else than its arguments."""

    answer: Callable[..., Any]
    right: Callable[..., Any]
    worth: int = _NOTHING
    _known: dict[Hashable, tuple[Any, bool]] = field(default_factory=dict)

    def __call__(self, *arguments: Any) -> Any:
        call = tuple(tuple(part) if isinstance(part, list) else part for part in arguments)
        if call in self._known:
            returned, other = self._known[call]
            worth = _OTHER if other else _NOTHING
        else:
            returned = self.answer(*call)
            other = returned != self.right(*call)
            self._known[call] = returned, other
            worth = _OTHER_AND_NEW if other else _NEW
        self.worth = max(self.worth, worth)
        return returned

    def look(self) -> int:
        """What has been asked since the last look is worth."""
        worth, self.worth = self.worth, _NOTHING
        return worth
