"""`WrongAnswer` and `OddAnswer`, the entries of the catalogue of answers, and their lists.

An answer replaces one rule, several rules, or the whole server. The decorator `answer` of a list
adds a function or a class together with what is known about it, such as the case that must catch
it; `thinking` and `breaks` below it tell its story. This module does not know how checks work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, NamedTuple, TypeVar

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import (
    ElectionSafety,
    LeaderAppendOnly,
    LeaderCompleteness,
    LogMatching,
    StateMachineSafety,
)
from raftkit.checkers.further_properties import OneVotePerTerm, OnlyForwards
from raftkit.checkers.linearizability import cluster_calls
from raftkit.course.chapters import EXERCISES
from raftkit.course.exercise import RULE_NAMES
from raftkit.protocol import Rules, Server

# What a wrong answer may violate: the titles of the checkers' properties...
ELECTION_SAFETY = ElectionSafety.title
LEADER_APPEND_ONLY = LeaderAppendOnly.title
LOG_MATCHING = LogMatching.title
LEADER_COMPLETENESS = LeaderCompleteness.title
STATE_MACHINE_SAFETY = StateMachineSafety.title
ONE_VOTE_PER_TERM = OneVotePerTerm.title
ONLY_FORWARDS = OnlyForwards.title
ROLE_TRANSITIONS = "Role Transitions"
LEADER_ELECTED = liveness.LEADER_ELECTED
COMMANDS_COMMITTED = liveness.PROGRESS
CLIENTS_ARE_ANSWERED = liveness.CLIENTS_ANSWERED
LINEARIZABILITY = cluster_calls.LINEARIZABILITY
# ... or, if no property is violated: the server needs more elections or messages than the reference
# for the same result, or only the rule itself is wrong, because the other rules make up for it.
WASTED_WORK = "Wasted Work"
CONTRACT = "the contract"

_RULES = frozenset(field.name for field in fields(Rules))

Rule = Callable[..., Any]
# What may be decorated: a rule, a class of servers, or a mapping from names to rules.
Part = TypeVar("Part", bound=Rule | type[Server] | Mapping[str, Rule])


@dataclass(frozen=True)
class Answer:
    """An answer that a student could hand in.

    `check` is the number of its exercise; without an exercise, it is the suite of scenarios that
    judges whole servers ("raftkit logs"). `replaced` holds its functions by name, mostly names of
    `Rules`; `server` is its class of servers, None for the reference's.
    """

    # A letter for the topic, a number, and a letter for variants of one mistake.
    id: str
    check: str
    replaced: Mapping[str, Rule]
    server: type[Server] | None

    @property
    def rules(self) -> Rules:
        """The reference's rules with the answer's in their place."""
        return Rules(**self.replaced) if self.is_for_servers else Rules()

    @property
    def is_for_servers(self) -> bool:
        """Whether servers can obey the answer; if not, it can only be called."""
        return set(self.replaced) <= RULE_NAMES

    @property
    def rule(self) -> Rule:
        """The one rule that the answer replaces. Raises ValueError if it is not just one."""
        (rule,) = self.replaced.values()
        return rule


@dataclass(frozen=True)
class WrongAnswer(Answer):
    """A mistake that students really make.

    `thinking` is what the student thought, `breaks` the rule of the paper that the answer breaks,
    `violates` the title of the property or bound that it violates in the end, and `case` the name
    of the case or scenario that must catch it.
    """

    thinking: str
    breaks: str
    violates: str
    case: str


@dataclass(frozen=True)
class OddAnswer(Answer):
    """A right answer in an unusual style, which must not lose a point."""

    style: str


class Told(NamedTuple, Generic[Part]):
    """A mistake with its story: what the student thought, and the rule that it breaks."""

    part: Part
    thinking: str
    breaks: str


def breaks(rule: str) -> Callable[[Part], tuple[Part, str]]:
    """Return a decorator that says which rule of the paper a mistake breaks."""
    return lambda part: (part, rule)


def thinking(thought: str) -> Callable[[tuple[Part, str]], Told[Part]]:
    """Return a decorator, above `breaks`, that says what the student thought."""
    return lambda broken: Told(broken[0], thought, broken[1])


class WrongAnswers(list[WrongAnswer]):
    """The wrong answers of one module, in order."""

    def answer(
        self, id: str, check: str, violates: str, *, case: str, rule: str | None = None
    ) -> Callable[[Told[Part]], Part]:
        """Return a decorator, above `thinking` and `breaks`, that appends a wrong answer.

        `rule` names the rule that a function replaces; it may be left out if `check` is an
        exercise.
        """

        def add(told: Told[Part]) -> Part:
            parts = _rules_and_server(told.part, check, rule)
            self.append(WrongAnswer(id, check, *parts, told.thinking, told.breaks, violates, case))
            return told.part

        return add


class OddAnswers(list[OddAnswer]):
    """The odd but right answers of one module, in order."""

    def answer(
        self, id: str, check: str, *, style: str, rule: str | None = None
    ) -> Callable[[Part], Part]:
        """Return a decorator that appends an odd but right answer; `rule` as in `WrongAnswers`."""

        def add(part: Part) -> Part:
            self.append(OddAnswer(id, check, *_rules_and_server(part, check, rule), style))
            return part

        return add


def _rules_and_server(
    part: Any, check: str, rule: str | None
) -> tuple[Mapping[str, Rule], type[Server] | None]:
    """The rules by name, and the class of servers, of a decorated function, class or mapping."""
    if isinstance(part, type):
        return {}, part
    if isinstance(part, Mapping):
        return part, None
    name = rule or next(exercise.answer for exercise in EXERCISES if exercise.id == check)
    return {name: part}, None
