"""`Rules`: every decision of Figure 2 in one bundle, the only door into the server.

A student's ten lines, a wrong answer and a "break it yourself" demo all enter
here: `replace(Rules(), should_grant_vote=mine)`. The fields stand in the order
of the paper's sections; each one's meaning is its reference's docstring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from raftkit.protocol import commitment, election, persistence, replication, roles, terms, timers
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.election import Campaign, Tally
from raftkit.protocol.log import Entry, Log
from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Message,
    Request,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.persistence import Persistent, Restarted
from raftkit.protocol.record import itself
from raftkit.protocol.replication import Conflict, Progress
from raftkit.protocol.roles import Occasion, Role
from raftkit.protocol.terms import Standing, Treatment
from raftkit.protocol.timers import HeartbeatOccasion, Settings, TimerOccasion

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of Figure 2; the defaults are the reference.

    >>> from dataclasses import replace
    >>> generous = replace(Rules(), should_grant_vote=lambda standing, request, up_to_date: True)
    >>> generous.changed()
    ('should_grant_vote',)
    """

    # §5.1 Roles and terms
    next_role: Callable[[Role | None, Occasion], Role | None] = roles.next_role
    adopt_term: Callable[[Standing, Message], Standing] = terms.adopt_term
    treat_request: Callable[[int, Request], Treatment] = terms.treat_request
    # §5.2 Timers
    election_timeout: Callable[[Settings, float], int] = timers.election_timeout
    heartbeat_interval: Callable[[Settings], int] = timers.heartbeat_interval
    election_timer_change: Callable[[Role, TimerOccasion], TimerChange] = (
        timers.election_timer_change
    )
    heartbeat_targets: Callable[[HeartbeatOccasion, Names, Names], Names] = timers.heartbeat_targets
    # §5.2, §5.4.1 Leader election
    has_majority: Callable[[int, int, int], bool] = election.has_majority
    is_up_to_date: Callable[[int, int, int, int], bool] = election.is_up_to_date
    should_grant_vote: Callable[[Standing, RequestVoteRequest, bool], bool] = (
        election.should_grant_vote
    )
    start_election: Callable[[Standing, str, Names, int, int], Campaign] = election.start_election
    count_vote: Callable[[Standing, Tally, RequestVoteResponse], Tally] = election.count_vote
    # §5.3 Log replication
    previous_entry_matches: Callable[[Log, AppendEntriesRequest], bool] = (
        replication.previous_entry_matches
    )
    merge_entries: Callable[[Log, AppendEntriesRequest], Log] = replication.merge_entries
    match_index_after: Callable[[Log, AppendEntriesRequest], int] = replication.match_index_after
    find_conflict: Callable[[Log, AppendEntriesRequest], Conflict] = replication.find_conflict
    append_command: Callable[[Standing, Log, Entry], Log | None] = replication.append_command
    initial_progress: Callable[[int, Progress | None], Progress] = replication.initial_progress
    make_append_entries: Callable[[str, str, int, Log, int, int, int], AppendEntriesRequest] = (
        replication.make_append_entries
    )
    advance_progress: Callable[[Standing, Progress, AppendEntriesResponse], Progress] = (
        replication.advance_progress
    )
    back_up: Callable[[Standing, Log, Progress, AppendEntriesResponse], Progress] = (
        replication.back_up
    )
    # §5.3, §5.4.2 Commit and apply
    advance_commit_index: Callable[[Log, int, int, Sequence[int]], int] = (
        commitment.advance_commit_index
    )
    follower_commit_index: Callable[[int, AppendEntriesRequest, bool], int] = (
        commitment.follower_commit_index
    )
    apply_through: Callable[[int, int, int], int] = commitment.apply_through
    may_answer_client: Callable[[int, int, int], bool] = commitment.may_answer_client
    # Figure 2, State: persistence
    writes_needed: Callable[[Persistent, Persistent], tuple[Persistent, ...]] = (
        persistence.writes_needed
    )
    waits_for_disk: Callable[[Message], bool] = persistence.waits_for_disk
    restart: Callable[[Persistent], Restarted] = persistence.restart

    __deepcopy__ = itself

    def changed(self) -> tuple[str, ...]:
        """The names of the rules that are not the reference's."""
        reference = Rules()
        return tuple(
            field.name
            for field in fields(self)
            if getattr(self, field.name) is not getattr(reference, field.name)
        )

    def with_rule(self, name: str, function: Callable[..., Any]) -> "Rules":
        """These rules with the one called `name` replaced. Raises KeyError if there is none."""
        if name not in {field.name for field in fields(self)}:
            raise KeyError(f"there is no rule {name!r}; see raftkit.protocol.Rules for their names")
        return replace(self, **{name: function})
