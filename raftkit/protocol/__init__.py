"""Raft itself: pure decisions, and a server that asks them.

Read it beside Figure 2. rules.py is the index: it lists every decision with its
sentence. Terms, election, replication, commitment, persistence and timers hold one rule
a function; all_servers, followers, candidates and leaders are Figure 2's boxes, and
server puts them in order. No clock, no I/O, no randomness; only the standard library.
"""

from raftkit.protocol.commitment import (
    advance_commit_index,
    apply_through,
    follower_commit_index,
    may_answer_client,
)
from raftkit.protocol.effects import Effects, Reply, TimerChange
from raftkit.protocol.election import (
    Campaign,
    Tally,
    count_vote,
    has_majority,
    is_up_to_date,
    should_grant_vote,
    start_election,
)
from raftkit.protocol.event_handlers import handles
from raftkit.protocol.log import Entry, Log
from raftkit.protocol.look import Look
from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Event,
    Message,
    RequestVoteRequest,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.persistence import (
    Persistent,
    Restarted,
    restart,
    waits_for_disk,
    writes_needed,
)
from raftkit.protocol.replication import (
    Conflict,
    Progress,
    advance_progress,
    append_command,
    back_up,
    back_up_by_one,
    find_conflict,
    initial_progress,
    make_append_entries,
    match_index_after,
    merge_entries,
    previous_entry_matches,
)
from raftkit.protocol.roles import TRANSITIONS, ForbiddenTransition, Occasion, Role, next_role
from raftkit.protocol.rules import Rules
from raftkit.protocol.server import Server
from raftkit.protocol.server_state import ServerState
from raftkit.protocol.terms import Standing, adopt_term, treat_request
from raftkit.protocol.timers import (
    HeartbeatOccasion,
    Settings,
    TimerOccasion,
    election_timeout,
    election_timer_change,
    heartbeat_interval,
    heartbeat_targets,
)

__all__ = [
    "TRANSITIONS",
    "AppendEntriesRequest",
    "AppendEntriesResponse",
    "Campaign",
    "ClientRequest",
    "ClientResponse",
    "Conflict",
    "Effects",
    "Entry",
    "Event",
    "ForbiddenTransition",
    "HeartbeatOccasion",
    "Log",
    "Look",
    "Message",
    "Occasion",
    "Persistent",
    "Progress",
    "Reply",
    "RequestVoteRequest",
    "RequestVoteResponse",
    "Restarted",
    "Role",
    "Rules",
    "Server",
    "ServerState",
    "Settings",
    "Standing",
    "Tally",
    "TimerChange",
    "TimerFired",
    "TimerOccasion",
    "adopt_term",
    "advance_commit_index",
    "advance_progress",
    "append_command",
    "apply_through",
    "back_up",
    "back_up_by_one",
    "count_vote",
    "election_timeout",
    "election_timer_change",
    "find_conflict",
    "follower_commit_index",
    "handles",
    "has_majority",
    "heartbeat_interval",
    "heartbeat_targets",
    "initial_progress",
    "is_up_to_date",
    "make_append_entries",
    "match_index_after",
    "may_answer_client",
    "merge_entries",
    "next_role",
    "previous_entry_matches",
    "restart",
    "should_grant_vote",
    "start_election",
    "treat_request",
    "waits_for_disk",
    "writes_needed",
]
