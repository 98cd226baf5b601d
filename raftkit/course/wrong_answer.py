"""What an entry of the catalogue of answers is: a wrong one, or an odd but right one.

An answer replaces one rule, several rules, or the whole server. The decorators
keep its story beside its few lines of code. Which check meets which answer is
written here; how checks work is not known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import (
    ElectionSafety,
    LeaderAppendOnly,
    LeaderCompleteness,
    LogMatching,
    StateMachineSafety,
)
from raftkit.checkers.further_properties import OneVotePerTerm, OnlyForwards
from raftkit.course.chapters import EXERCISES
from raftkit.course.exercise import RULE_NAMES
from raftkit.protocol import Rules, Server

# What a wrong answer violates: the checkers' titles...
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
# ... or, where no property falls: it takes more elections or messages than the reference to get
# as far, or it breaks the rule's own promise, and the other rules happen to cover it up.
WASTED_WORK = "Wasted Work"
CONTRACT = "the contract"

_RULES = frozenset(field.name for field in fields(Rules))

Rule = Callable[..., Any]
# What a decorator may stand on: a rule, a server's class, or a mapping from names to rules.
Part = TypeVar("Part", bound=Rule | type[Server] | Mapping[str, Rule])


@dataclass(frozen=True)
class Answer:
    """Something that could be handed in.

    `check` is the exercise that it answers, or the suite of scenarios that judges whole servers
    ("raftkit logs") where there is no exercise. `replaced` holds its functions by their names,
    mostly those of `Rules`; `server` is its class of servers, None for the reference's.
    """

    # Numbered as in the teachers' notes; a letter tells variants of one mistake apart.
    id: str
    check: str
    replaced: Mapping[str, Rule]
    server: type[Server] | None

    @property
    def rules(self) -> Rules:
        """The bundle of rules with the answer in its place; the reference's, if it is no rule."""
        return Rules(**self.replaced) if self.is_for_servers else Rules()

    @property
    def is_for_servers(self) -> bool:
        """Whether servers can decide with it; the answer to an experiment has only its cases."""
        return set(self.replaced) <= RULE_NAMES

    @property
    def rule(self) -> Rule:
        """The one rule that the answer replaces. Raises ValueError if it is not just one."""
        (rule,) = self.replaced.values()
        return rule


@dataclass(frozen=True)
class WrongAnswer(Answer):
    """A mistake that students really make.

    `thinking` is what the student had in mind, `breaks` the rule of the paper that it breaks,
    `violates` the property or the bound that falls in the end, by its title, and `case` the name
    of the case or scenario that must catch it, whatever else does.
    """

    thinking: str
    breaks: str
    violates: str
    case: str


@dataclass(frozen=True)
class OddAnswer(Answer):
    """A right answer in an unusual style, which must not lose a point."""

    style: str


def wrong_in(answers: list[WrongAnswer]) -> Callable[..., Callable[[Part], Part]]:
    """A decorator that puts a wrong answer into `answers`.

    `rule` names the rule that a function replaces; an exercise knows its own.
    """

    def wrong(
        id: str,
        check: str,
        *,
        thinking: str,
        breaks: str,
        violates: str,
        case: str,
        rule: str | None = None,
    ) -> Callable[[Part], Part]:
        def add(part: Part) -> Part:
            replaced, server = _taken_apart(part, check, rule)
            story = (thinking, breaks, violates, case)
            answers.append(WrongAnswer(id, check, replaced, server, *story))
            return part

        return add

    return wrong


def odd_in(answers: list[OddAnswer]) -> Callable[..., Callable[[Part], Part]]:
    """A decorator that puts an odd but right answer into `answers`."""

    def odd(id: str, check: str, *, style: str, rule: str | None = None) -> Callable[[Part], Part]:
        def add(part: Part) -> Part:
            answers.append(OddAnswer(id, check, *_taken_apart(part, check, rule), style))
            return part

        return add

    return odd


def _taken_apart(
    part: Any, check: str, rule: str | None
) -> tuple[Mapping[str, Rule], type[Server] | None]:
    """The rules and the server of what a decorator stands on."""
    if isinstance(part, type):
        return {}, part
    if isinstance(part, Mapping):
        return part, None
    name = rule or next(exercise.answer for exercise in EXERCISES if exercise.id == check)
    return {name: part}, None
