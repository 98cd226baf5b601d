"""Answers about what waits for the disk, and what a restart reads from it (Figure 2, State).

A message that leaves too early may be untrue after a crash; state that a restart does not
read was written in vain.
"""

from typing import Any

from raftkit.course.wrong_answer import (
    LEADER_COMPLETENESS,
    ONE_VOTE_PER_TERM,
    ROLE_TRANSITIONS,
    STATE_MACHINE_SAFETY,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Message,
    Persistent,
    RequestVoteRequest,
    Restarted,
    Server,
    Standing,
)
from raftkit.protocol.persistence import restart
from raftkit.protocol.roles import FOLLOWER, LEADER, Role

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# What waits for the disk ------------------------------------------------------------------


@wrong("P3", "5.2", ONE_VOTE_PER_TERM, case="a vote waits")
@thinking("The disk will be done long before the answer arrives.")
@breaks("State is on stable storage before an RPC is answered (Figure 2, State).")
def nothing_waits(message: Message) -> bool:
    """A crash in between takes back what the others have been told."""
    return False


@wrong("P15", "5.2", LEADER_COMPLETENESS, case="an acknowledgement waits")
@thinking("Votes are sacred, but entries the leader can send again.")
@breaks("An acknowledged entry is on stable storage (§5.3; Figure 2, State).")
def acknowledges_at_once(message: Message) -> bool:
    """The leader counts a copy that may never reach the disk, and does not send it again."""
    return not isinstance(message, AppendEntriesResponse)


@wrong("P16", "5.2", ONE_VOTE_PER_TERM, case="a candidate's request waits")
@thinking("A request promises nothing; only answers have to wait.")
@breaks("A candidate's request says that it has voted for itself (§5.2; Figure 2, State).")
def asks_at_once(message: Message) -> bool:
    """It asks for votes of a term, crashes, and votes for another candidate of that term."""
    return not isinstance(message, RequestVoteRequest)


@wrong("P17", "5.2", LEADER_COMPLETENESS, case="a leader's entries wait")
@thinking("A leader may write and send at the same time, the dissertation says so.")
@breaks("It counts itself only when its own write is durable (thesis §10.2.1).")
def sends_while_it_writes(message: Message) -> bool:
    """Half of the optimisation: one follower's copy and the leader's memory make a majority."""
    return not isinstance(message, AppendEntriesRequest)


# What a restart begins with ---------------------------------------------------------------


@wrong("P8", "5.3", STATE_MACHINE_SAFETY, case="knows of no commit")
@thinking("What made it to my disk is committed.")
@breaks("commitIndex is volatile and starts at 0 (Figure 2, State).")
def all_is_committed(persistent: Persistent) -> Restarted:
    """It applies entries that only it has, and which the next leader replaces."""
    return Restarted(restart(persistent).standing, persistent.log.last_index, 0)


@wrong("P9", "5.3", ROLE_TRANSITIONS, case="starts as a follower")
@thinking("My disk says that I won this term.")
@breaks("Servers start up as followers (§5.2; Figure 4).")
def goes_on_leading(persistent: Persistent) -> Restarted:
    """Every candidate has a vote for itself on its disk, also those that lost."""
    role: Role = LEADER if persistent.voted_for is not None else FOLLOWER
    standing = Standing(role, persistent.current_term, persistent.voted_for)
    return Restarted(standing, 0, 0)


@wrong("P20", "5.3", ONE_VOTE_PER_TERM, case="reads its vote from the disk")
@thinking("A restart is a new beginning, and a new beginning has no vote.")
@breaks("votedFor is read back from stable storage (Figure 2, State).")
def starts_without_a_vote(persistent: Persistent) -> Restarted:
    """It wrote the vote to the disk, and never reads it."""
    return Restarted(Standing(FOLLOWER, persistent.current_term, None), 0, 0)


@wrong("P22", "5.3", STATE_MACHINE_SAFETY, case="applies from the beginning")
@thinking("What is in my log has been applied already; twice would be a mistake.")
@breaks("lastApplied is as volatile as the state machine (Figure 2, State).")
def never_applies_again(persistent: Persistent) -> Restarted:
    """The state machine starts empty and misses everything that came before the crash."""
    return Restarted(restart(persistent).standing, 0, persistent.log.last_index)


@wrong("P23", "5.3", ONE_VOTE_PER_TERM, case="reads its term from the disk")
@thinking("The last entry of my log tells me which term it is.")
@breaks("currentTerm is read back from stable storage (Figure 2, State).")
def term_of_the_log(persistent: Persistent) -> Restarted:
    """It forgets every term without an entry in its log, and its votes in them."""
    return Restarted(Standing(FOLLOWER, persistent.log.last_term, None), 0, 0)


@wrong("P21", SUITE, LEADER_COMPLETENESS, case="the disk")
@thinking("The leader will send me everything again.")
@breaks("The log is read back from stable storage (Figure 2, State).")
class StartsWithAnEmptyLog(Server):
    """Until a leader sends its entries again, majorities that included it have lost them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.log = Log()
