"""What a scenario is: a name, where it comes from, and what it does on a stage.

A scenario judges any rules and any server that keep the contract of events and
effects. It fails by raising `ScenarioFailed`, whose message is the sentence that
a person reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from raftkit.protocol import Log, Message, RequestVoteResponse

if TYPE_CHECKING:
    from raftkit.checkers.scenarios.stage import Stage


class ScenarioFailed(Exception):
    """A server did not do what a scenario expects; the message is a whole sentence."""


@dataclass(frozen=True)
class Scenario:
    """A named situation that servers must master.

    `origin` is the name of the public test that has the same situation, `suite` the collection
    it is in. `limit_ms` is how much virtual time the scenario may take, in milliseconds.
    """

    name: str
    suite: str
    origin: str
    run: "Callable[[Stage], None]"
    limit_ms: int = 120_000


def expect(condition: object, sentence: str) -> None:
    """Fail the scenario with `sentence` unless `condition` holds.

    >>> expect(1 < 2, "One is less than two.")
    """
    if not condition:
        raise ScenarioFailed(sentence)


def terms_of(log: Log) -> str:
    """A log in a sentence, by the terms of its entries, as Figure 7 draws logs.

    >>> terms_of(Log.of_terms(1, 1, 4))
    '1 1 4'
    """
    return " ".join(str(entry.term) for entry in log) or "nothing"


def name_vote(answers: list[Message]) -> str:
    """A voter's answers in a sentence.

    >>> name_vote([RequestVoteResponse("S1", "S2", 3, True)])
    'granted the vote in term 3'
    """
    if len(answers) != 1 or not isinstance(answers[0], RequestVoteResponse):
        return f"answered {answers or 'nothing'}"
    verb = "granted" if answers[0].vote_granted else "refused"
    return f"{verb} the vote in term {answers[0].term}"


def by_target(messages: list[Message]) -> list[Message]:
    """Messages in the order of their targets: in which order they leave is nobody's business."""
    return sorted(messages, key=lambda message: message.target)
