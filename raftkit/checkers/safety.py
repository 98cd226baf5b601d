"""`Safety`: watches every step of a run and tells the checkers what changed.

States are values, so an unchanged part of a state is the same object before and after a step. Most
steps change little and cost little. This module does not know the properties themselves; it reports
the first one that is broken.
"""

from collections.abc import Callable
from typing import Any

from raftkit.checkers.figure_3 import (
    ElectionSafety,
    Finding,
    LeaderAppendOnly,
    LeaderCompleteness,
    LogMatching,
    StateMachineSafety,
)
from raftkit.checkers.further_properties import OneVotePerTerm, OnlyForwards
from raftkit.protocol import RequestVoteRequest, RequestVoteResponse, ServerState, Standing
from raftkit.protocol.roles import LEADER
from raftkit.simulator import History, InvariantViolation, Row, Simulation

PROPERTIES = (
    ElectionSafety,
    LeaderAppendOnly,
    LogMatching,
    LeaderCompleteness,
    StateMachineSafety,
    OneVotePerTerm,
    OnlyForwards,
)

# Events that are checked whatever they change, because each may bring a vote.
_VOTES = frozenset({RequestVoteRequest, RequestVoteResponse})


def watch_figure_3(simulation: Simulation) -> None:
    """Check Figure 3 at every step of a simulation, before the step's messages leave."""
    simulation.observers.append(Safety(simulation.history, simulation.report).observe)


class Safety:
    """An observer of a simulation of Raft servers, which passes violations to `report`."""

    def __init__(self, history: History, report: Callable[[InvariantViolation], None]) -> None:
        self._history = history
        self._report = report
        self._election_safety = ElectionSafety()
        self._append_only = LeaderAppendOnly()
        self._log_matching = LogMatching()
        self._completeness = LeaderCompleteness()
        self._state_machine = StateMachineSafety()
        self._one_vote = OneVotePerTerm()
        self._forwards = OnlyForwards()

    def observe(self, row: Row) -> None:
        """Check what a step changed."""
        _, server, event, effects, after, before = row
        if type(after) is not ServerState:
            return
        # This runs at every step, and most steps are heartbeats that change nothing. So types are
        # compared by identity, and each property is checked only where it can have changed.
        if before is None:
            before = _before_start(after)
        if type(event) in _VOTES:
            self._look_at_vote(event, row)
        moved = after.standing is not before.standing
        if moved:
            self._check_standing(before, row)
        log, old_log = after.log, before.log
        if log is not old_log:
            kept, term, added = log.growth_since(old_log)
            if kept < old_log.last_index and (
                finding := self._append_only.log_changed(server, before, after)
            ):
                self._tell(self._append_only, finding, row)
            if finding := self._log_matching.entries_added(server, kept, term, added):
                self._tell(self._log_matching, finding, row)
        if after.commit_index > before.commit_index:
            if finding := self._completeness.committed(server, before, after):
                self._tell(self._completeness, finding, row)
        if (
            moved
            or after.commit_index < before.commit_index
            or after.last_applied < before.last_applied
        ):
            if finding := self._forwards.moved(server, before, after):
                self._tell(self._forwards, finding, row)
        if applied := effects.applied:
            if finding := self._state_machine.applied(server, before, applied):
                self._tell(self._state_machine, finding, row)

    def _look_at_vote(self, event: RequestVoteRequest | RequestVoteResponse, row: Row) -> None:
        """Check a vote that has arrived."""
        finding = None
        if isinstance(event, RequestVoteRequest):
            finding = self._one_vote.voted(event.source, event.term, event.source)
        elif event.vote_granted:
            finding = self._one_vote.voted(event.source, event.term, event.target)
        if finding:
            self._tell(self._one_vote, finding, row)

    def _check_standing(self, before: ServerState, row: Row) -> None:
        """Tell the checkers of a server that became leader, or now leads another term."""
        _, server, _, _, after, _ = row
        elected = after.standing.role == LEADER and (
            before.standing.role != LEADER
            or before.standing.current_term != after.standing.current_term
        )
        if elected:
            if finding := self._election_safety.elected(server, after):
                self._tell(self._election_safety, finding, row)
            if finding := self._completeness.elected(server, after):
                self._tell(self._completeness, finding, row)

    def _tell(self, checker: Any, finding: Finding, row: Row) -> None:
        """Report a finding as a violation, with the time and the record at which it happened."""
        # The simulation records a step before it calls its observers, so it is the last record.
        position = len(self._history.records) - 1
        self._report(
            InvariantViolation(
                checker.title,
                checker.section,
                row[0],
                position,
                finding.servers,
                finding.indexes,
                finding.detail,
            )
        )


def _before_start(after: ServerState) -> ServerState:
    """Return the state before a start: what the disk holds, and no volatile state yet."""
    standing = Standing("follower", after.standing.current_term, after.standing.voted_for)
    return ServerState(standing, after.log, 0, 0, None, ())
