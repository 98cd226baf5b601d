"""`Rules`: every decision of Figure 2 in one bundle, the only door into the server.

A student's ten lines, a wrong answer and a "break it yourself" demo all enter
here: `replace(Rules(), should_grant_vote=mine)`. It is also the index of the paper:
above each field stands what Figure 2 (or a section) says there, and in brackets where
the server acts on it. The reference's docstring says what the arguments are.
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

    # Roles and terms ---------------------------------------------------------------------

    # Figure 4: which role follows on which occasion. (all_servers.change_standing)
    next_role: Callable[[Role | None, Occasion], Role | None] = roles.next_role
    # All servers: a higher term on any message is adopted, and makes a follower. Candidates: one
    # that hears from the leader of its own term concedes. (server.handle, all_servers.adopt_term)
    adopt_term: Callable[[Standing, Message], Standing] = terms.adopt_term
    # RequestVote 1, AppendEntries 1: a request of an older term is refused.
    # (followers.on_append_entries, followers.on_request_vote)
    treat_request: Callable[[int, Request], Treatment] = terms.treat_request

    # Timers (§5.2) -----------------------------------------------------------------------

    # Followers, candidates: after so long without a leader, stand for election. §5.2: the time is
    # drawn anew each time. (server.timer_duration, and server.on_timer_fired when it is over)
    election_timeout: Callable[[Settings, float], int] = timers.election_timeout
    # Leaders: after so long without a message, send a heartbeat. (server.timer_duration, and
    # server.on_timer_fired when it is over)
    heartbeat_interval: Callable[[Settings], int] = timers.heartbeat_interval
    # Followers: the current leader's AppendEntries and a granted vote start the election timer
    # anew. Candidates: so does each start of an election. (all_servers.change_election_timer)
    election_timer_change: Callable[[Role, TimerOccasion], TimerChange] = (
        timers.election_timer_change
    )
    # Leaders: heartbeats go to every server, at once after the election and then in idle times.
    # (leaders.send_heartbeats)
    heartbeat_targets: Callable[[HeartbeatOccasion, Names, Names], Names] = timers.heartbeat_targets

    # Leader election (§5.2, §5.4.1) --------------------------------------------------------

    # Candidates: the votes of a majority make a leader.
    # (candidates.has_majority, candidates.become_leader_if_elected)
    has_majority: Callable[[int, int, int], bool] = election.has_majority
    # RequestVote 2, §5.4.1: which of two logs is the more up-to-date. (followers.grants_vote)
    is_up_to_date: Callable[[int, int, int, int], bool] = election.is_up_to_date
    # RequestVote 2: one vote in a term, for a candidate whose log is not behind.
    # (followers.grants_vote)
    should_grant_vote: Callable[[Standing, RequestVoteRequest, bool], bool] = (
        election.should_grant_vote
    )
    # Candidates: a new term, a vote for itself, RequestVote to all others.
    # (candidates.start_election)
    start_election: Callable[[Standing, str, Names, int, int], Campaign] = election.start_election
    # §5.2: an answer counts once, in the term that was asked in.
    # (candidates.on_request_vote_response)
    count_vote: Callable[[Standing, Tally, RequestVoteResponse], Tally] = election.count_vote

    # Log replication (§5.3): the follower's part (followers.on_append_entries) -----------------

    # AppendEntries 2: refuse, unless the log has prevLogTerm at prevLogIndex.
    previous_entry_matches: Callable[[Log, AppendEntriesRequest], bool] = (
        replication.previous_entry_matches
    )
    # AppendEntries 3 and 4: a conflicting entry goes, with all that follow; what lacks is appended.
    merge_entries: Callable[[Log, AppendEntriesRequest], Log] = replication.merge_entries
    # Leaders, matchIndex: up to where the follower is now known to agree.
    match_index_after: Callable[[Log, AppendEntriesRequest], int] = replication.match_index_after
    # §5.3, its end: what a refusal says, so that the leader need not go back one by one.
    find_conflict: Callable[[Log, AppendEntriesRequest], Conflict] = replication.find_conflict

    # Log replication (§5.3): the leader's part ------------------------------------------------

    # Leaders: a client's command becomes an entry of the leader's log. (leaders.on_client_request)
    append_command: Callable[[Standing, Log, Entry], Log | None] = replication.append_command
    # State, leaders: nextIndex and matchIndex begin anew with each election.
    # (leaders.become_leader)
    initial_progress: Callable[[int, Progress | None], Progress] = replication.initial_progress
    # Leaders: if the last log index has reached nextIndex, send the entries from there on.
    # (leaders.has_more_for, leaders.send_append_entries)
    make_append_entries: Callable[[str, str, int, Log, int, int, int], AppendEntriesRequest] = (
        replication.make_append_entries
    )
    # Leaders: a success moves nextIndex and matchIndex. (leaders.on_append_entries_response)
    advance_progress: Callable[[Standing, Progress, AppendEntriesResponse], Progress] = (
        replication.advance_progress
    )
    # Leaders: a refusal lowers nextIndex, and the leader tries again. §5.3, its end: by a whole
    # term; Figure 2's own step is `replication.back_up_by_one`.
    # (leaders.on_append_entries_response)
    back_up: Callable[[Standing, Log, Progress, AppendEntriesResponse], Progress] = (
        replication.back_up
    )

    # Commit and apply (§5.3, §5.4.2) -------------------------------------------------------

    # Leaders: an entry of the current term that a majority holds is committed.
    # (leaders.advance_commit_index)
    advance_commit_index: Callable[[Log, int, int, Sequence[int]], int] = (
        commitment.advance_commit_index
    )
    # AppendEntries 5: follow leaderCommit, as far as the last new entry.
    # (followers.on_append_entries)
    follower_commit_index: Callable[[int, AppendEntriesRequest, bool], int] = (
        commitment.follower_commit_index
    )
    # All servers: apply what is committed and not applied yet, in order.
    # (server.handle, all_servers.apply_entries)
    apply_through: Callable[[int, int, int], int] = commitment.apply_through
    # Leaders: a client is answered once its entry is applied. (all_servers.answer_clients)
    may_answer_client: Callable[[int, int, int], bool] = commitment.may_answer_client

    # Storage ---------------------------------------------------------------------------

    # State, persistent: term, vote and log are on disk before an RPC is answered.
    # (all_servers.persist, driver.carry_out)
    writes_needed: Callable[[Persistent, Persistent], tuple[Persistent, ...]] = (
        persistence.writes_needed
    )
    # State, persistent: which messages must wait for that. (all_servers.persist, driver.carry_out)
    waits_for_disk: Callable[[Message], bool] = persistence.waits_for_disk
    # State, volatile: a server starts as a follower, with nothing committed or applied.
    # (all_servers.__init__)
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
