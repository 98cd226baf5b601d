"""`Target`: a broken Raft of the catalogue, and what a schedule is to break of it.

It performs schedules on that Raft and on the one as it should be, and tells how far one
came. Points and feedback are judging.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import ElectionSafety
from raftkit.course.nemesis.acts import Schedule
from raftkit.course.nemesis.staging import Staged, hands_off, majority_is_up, stage
from raftkit.course.properties import sentence_of
from raftkit.protocol import Rules
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.simulator import History, InvariantViolation, Step
from raftkit.views import Picture, space_time
from raftkit.views.words import listed

_AFTER_MS = 130  # of the time after a schedule that are drawn, if it is time that counts


@dataclass(frozen=True)
class Target:
    """The wrong answer `wrong` of the catalogue in every one of `servers` servers.

    `breaks` is the property that a schedule is to break, and `section` where the paper promises
    it. `shortest` is the smallest number of acts that is known to do it.
    """

    wrong: str
    servers: int
    breaks: str
    section: str
    shortest: int

    @cached_property
    def rules(self) -> Rules:
        """The rules that the broken Raft obeys."""
        # The whole catalogue comes with it, which a student of another notebook need not wait for.
        from raftkit.course.wrong_answers import WRONG_ANSWERS

        return next(each for each in WRONG_ANSWERS if each.id == self.wrong).rules

    @property
    def within(self) -> int:
        """How many acts are few: half as many again as the fewest known."""
        return self.shortest * 3 // 2

    @property
    def is_about_time(self) -> bool:
        """Whether the property is broken by what does not happen, however long one waits."""
        return self.breaks == liveness.PROGRESS

    @property
    def promise(self) -> str:
        """The property as a sentence, with its place in the paper."""
        return f"{self.breaks} ({self.section}): {sentence_of(self.breaks)}."

    def staged(self, schedule: Schedule) -> Staged:
        """The schedule performed on the broken Raft."""
        return stage(schedule, self.servers, self.rules, self.breaks)

    def violation(self, schedule: Schedule, seeds: Sequence[int] = (0,)) -> bool:
        """Whether a schedule breaks the property; if time goes on after it, for every seed."""
        if not self.is_about_time:
            return self.staged(schedule).violation is not None
        return all(self.waited(schedule, seed)[1] is not None for seed in seeds)

    def waited(self, schedule: Schedule, seed: int) -> tuple[Staged, InvariantViolation | None]:
        """The schedule performed, and then hands off: what is broken if nothing is committed.

        Without a majority nobody can be blamed, so that nothing is.
        """
        staged = stage(schedule, self.servers, self.rules, seed=seed)
        if not majority_is_up(staged.cluster):
            return staged, None
        missed = hands_off(staged.cluster)
        return staged, missed if missed is None or missed.property == self.breaks else None

    # Telling -------------------------------------------------------------------------------

    def picture(self, schedule: Schedule) -> Picture:
        """What the schedule does to the broken Raft, up to where it breaks."""
        if not self.is_about_time:
            staged = self.staged(schedule)
            title = None if staged.violation else f"{self.breaks} still holds"
            return space_time(staged.cluster.history, violation=staged.violation, title=title)
        staged, missed = self.waited(schedule, seed=0)
        outcome = "still holds" if missed is None else "is broken"
        last_ms = len(schedule) + _AFTER_MS
        return space_time(staged.cluster.history, last_ms=last_ms, title=f"{self.breaks} {outcome}")

    def how_far(self, schedule: Schedule) -> str:
        """How far a schedule came that does not break the property."""
        staged = self.staged(schedule)
        led = _leaders(_elected(staged.cluster.history))
        if self.is_about_time:
            if not majority_is_up(staged.cluster):
                return "Without a majority no Raft commits anything, so that it proves nothing."
            return f"{led} {_logs(staged)} Hands off, and a command is committed soon."
        if self.breaks == ElectionSafety.title:
            return f"{led} {_candidates(staged)}".strip()
        return f"{led} {_committed(staged)} {_logs(staged)}"


def _elected(history: History) -> list[tuple[int, str]]:
    """Every term that had a leader, with its name, in order."""
    found: dict[tuple[int, str], None] = {}
    for record in history.records:
        state = getattr(record, "state", None)
        if isinstance(record, Step) and state is not None and state.standing.role == LEADER:
            found[(state.standing.current_term, record.process)] = None
    return list(found)


def _leaders(elected: list[tuple[int, str]]) -> str:
    """Who has led."""
    if not elected:
        return "Nobody has become leader."
    each = [f"{server} became leader of term {term}" for term, server in elected]
    return f"{listed(each)}."


def _candidates(staged: Staged) -> str:
    """Who is still waiting for votes."""
    states = ((server, staged.cluster.state(server)) for server in staged.cluster.servers)
    waiting = [
        f"{server} is a candidate of term {state.standing.current_term}"
        for server, state in states
        if state is not None and state.standing.role == CANDIDATE
    ]
    return f"{listed(waiting)}." if waiting else ""


def _committed(staged: Staged) -> str:
    """The longest that anybody holds for committed."""
    states = ((staged.cluster.state(server), server) for server in staged.cluster.servers)
    most, server = max(
        ((state.commit_index, server) for state, server in states if state is not None),
        default=(0, ""),
    )
    return f"{server} holds index {most} for committed." if most else "Nothing is committed."


def _logs(staged: Staged) -> str:
    """The terms in each log, as Figure 8 draws them."""
    states = ((server, staged.cluster.state(server)) for server in staged.cluster.servers)
    logs = [
        f"{server} {' '.join(str(entry.term) for entry in state.log) or 'none'}"
        for server, state in states
        if state is not None
    ]
    return f"Terms in the logs: {', '.join(logs)}."
