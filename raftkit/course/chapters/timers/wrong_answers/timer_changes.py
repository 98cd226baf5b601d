"""Answers about what starts, restarts and stops the election timer (§5.2; Figure 2, Rules).

Three occasions restart it: AppendEntries from the current leader, a vote granted, an election
begun. Wrong answers add an occasion, or forget one.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_ELECTED,
    ROLE_TRANSITIONS,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    RequestVoteRequest,
    Server,
    Standing,
    TimerFired,
    election_timer_change,
)
from raftkit.protocol.effects import TimerChange
from raftkit.protocol.roles import Role
from raftkit.protocol.timers import TimerOccasion

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer

SUITE = "raftkit small world"


# Restarted too often ----------------------------------------------------------------------


@wrong("T1", "1.4", LEADER_ELECTED, case="an old leader calms nobody")
@thinking("Whoever sends AppendEntries is a leader, so there is one.")
@breaks("Only AppendEntries of the current leader restarts the timer (Figure 2, Followers).")
def any_leader_will_do(role: Role, occasion: TimerOccasion) -> TimerChange:
    """A replaced leader that does not hear of it keeps the others from electing."""
    if occasion == "heard from an old leader" and role != "leader":
        return "restart"
    return election_timer_change(role, occasion)


@wrong("T13", "1.4", LEADER_ELECTED, case="a refused candidate calms nobody")
@thinking("Somebody else is trying, so I give that one time.")
@breaks("A vote that is given restarts the timer; a refused one does not (Figure 2, Followers).")
def any_candidate_will_do(role: Role, occasion: TimerOccasion) -> TimerChange:
    """A server whose log is behind asks in vain, and keeps those who could win from asking."""
    if occasion == "refused a vote" and role != "leader":
        return "restart"
    return election_timer_change(role, occasion)


@wrong("T14", "1.4", LEADER_ELECTED, case="a higher term alone calms nobody")
@thinking("A new term has begun, and so does my wait.")
@breaks("A higher term alone does not restart the timer (Figure 2, Followers).")
def a_new_term_a_new_wait(role: Role, occasion: TimerOccasion) -> TimerChange:
    """Each election that a server with an old log loses begins a term, and delays all others."""
    if occasion == "adopted a higher term":
        return "restart"
    return election_timer_change(role, occasion)


@wrong("T15", SUITE, LEADER_ELECTED, case="the election timer")
@thinking("As long as clients come with commands, the cluster is alive.")
@breaks("Only the leader, or a vote given, restarts a follower's timer (Figure 2, Followers).")
class ClientsAreASignOfLife(Server):
    """Clients that look for a leader keep the servers from electing one."""

    def on_client_request(self, request: ClientRequest) -> None:
        super().on_client_request(request)
        if self.standing.role == "follower":
            self.effects.timers += (("election", "restart"),)


# Restarted too seldom ---------------------------------------------------------------------


@wrong("T3", "1.4", WASTED_WORK, case="a vote is given: the wait starts anew")
@thinking("A vote is no heartbeat.")
@breaks("A follower that grants its vote waits anew (Figure 2, Followers).")
def a_vote_is_no_heartbeat(role: Role, occasion: TimerOccasion) -> TimerChange:
    """Times out while its candidate is winning, and unseats it in a higher term."""
    return "keep" if occasion == "granted a vote" else election_timer_change(role, occasion)


@wrong("T16", SUITE, WASTED_WORK, case="the election timer")
@thinking("Entries that I must refuse are no sign of a working leader.")
@breaks("AppendEntries of the current leader restarts the timer, refused or not (Figure 2).")
class OnlySuccessCounts(Server):
    """A follower that is behind calls elections while the leader is still looking for the place."""

    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        super().on_append_entries(request)
        answer = self.effects.messages[-1] if self.effects.messages else None
        if isinstance(answer, AppendEntriesResponse) and not answer.success:
            self.effects.timers = ()


@wrong("T5", "1.4", LEADER_ELECTED, case="an election begins: the wait starts anew")
@thinking("I have asked; now I wait for the answers.")
@breaks("A candidate that times out starts a new election (§5.2; Figure 2, Candidates).")
def asks_once(role: Role, occasion: TimerOccasion) -> TimerChange:
    """After a split vote every server is a candidate that waits, and none asks again."""
    return "keep" if occasion == "started an election" else election_timer_change(role, occasion)


# Stopped, or not stopped ------------------------------------------------------------------


@wrong("T11", "1.4", LEADER_ELECTED, case="a deposed leader waits again")
@thinking("Leaders have no election timer, so I need not touch it when I step down.")
@breaks("A leader that steps down is a follower, and followers time out (§5.1, §5.2).")
def never_a_candidate_again(role: Role, occasion: TimerOccasion) -> TimerChange:
    """If only the deposed leader can win the next election, it never begins."""
    if occasion == "stepped down from leader":
        return "keep"
    return election_timer_change(role, occasion)


@wrong("T17", "1.4", LEADER_ELECTED, case="the current leader is heard: the wait starts anew")
@thinking("There is a leader, so no election is needed.")
@breaks("A follower that hears no more from its leader starts an election (§5.2).")
def the_leader_is_there(role: Role, occasion: TimerOccasion) -> TimerChange:
    """Stops the timer at the first heartbeat; nobody notices when the leader dies."""
    if occasion == "heard from the current leader":
        return "stop"
    return election_timer_change(role, occasion)


@wrong("T18", "1.4", LEADER_ELECTED, case="a vote is given: the wait starts anew")
@thinking("I have voted; now the winner will call.")
@breaks("A follower times out even after a vote: its candidate may fail (§5.2).")
def waits_for_the_winner(role: Role, occasion: TimerOccasion) -> TimerChange:
    """If the candidate dies before it wins, its voters wait for ever."""
    return "stop" if occasion == "granted a vote" else election_timer_change(role, occasion)


@wrong("T19", "1.4", LEADER_ELECTED, case="a server waits for a leader from the start")
@thinking("The timer watches the leader, so it starts with the first heartbeat.")
@breaks("Servers start up as followers, which time out without a leader (§5.2).")
def starts_with_the_first_heartbeat(role: Role, occasion: TimerOccasion) -> TimerChange:
    """In a new cluster everybody waits for a leader, and nobody becomes one."""
    return "keep" if occasion == "started up" else election_timer_change(role, occasion)


@wrong("T20", SUITE, LEADER_ELECTED, case="the election timer")
@thinking("After a crash I first wait until the others tell me what I missed.")
@breaks("A server that restarts is a follower like any other (§5.2).")
class WaitsToBeTold(Server):
    """If a majority has restarted, too few servers are left that could tell anything."""

    def start(self) -> Effects:
        effects = super().start()
        if self.standing.current_term > 0:
            effects.timers = ()
        return effects


@wrong("T8", "1.4", ROLE_TRANSITIONS, case="the winner stops its election timer")
@thinking("The timer runs out unless somebody resets it, and nobody tells me to stop it.")
@breaks("Leaders do not time out: Figure 4 has no such arrow (§5.2).")
def the_winner_forgets_its_timer(role: Role, occasion: TimerOccasion) -> TimerChange:
    """The timer of the won election runs on, and the leader stands against itself."""
    return "keep" if occasion == "won an election" else election_timer_change(role, occasion)


@wrong("T8c", "1.4", ROLE_TRANSITIONS, case="nothing starts a leader's election timer")
@thinking("Whatever I hear from others, I wait for longer.")
@breaks("Leaders have no election timeout (§5.2; Figure 4).")
def leaders_wait_too(role: Role, occasion: TimerOccasion) -> TimerChange:
    """A refused candidate is enough, and the leader will stand against itself."""
    if role == "leader" and occasion != "won an election":
        return "restart"
    return election_timer_change(role, occasion)


@wrong("T8b", "raftkit timers", COMMANDS_COMMITTED, case="A leader does not time out")
@thinking("An election timeout means that there is no leader, so I cannot be one.")
@breaks("A leader leads until it discovers a higher term (§5.1; Figure 4).")
class ResignsInTime(Server):
    """Nobody sends a leader heartbeats, so each one resigns after one timeout."""

    def become_leader(self) -> None:
        super().become_leader()
        self.effects.timers += (("election", "restart"),)

    def on_timer_fired(self, event: TimerFired) -> None:
        if event.timer == "election" and self.standing.role == "leader":
            self.standing = Standing("follower", self.standing.current_term, self.id)
            self.effects.timers += (("heartbeat", "stop"), ("election", "restart"))
        else:
            super().on_timer_fired(event)


# Odd but right ----------------------------------------------------------------------------


@odd("OT5", "1.4", style="a table of occasions")
def by_table(role: Role, occasion: TimerOccasion) -> str:
    changes = {
        "started up": "restart",
        "heard from the current leader": "restart",
        "granted a vote": "restart",
        "started an election": "restart",
        "won an election": "stop",
        "stepped down from leader": "restart",
    }
    return changes.get(occasion, "keep")


@odd("OT16", "1.4", style="leaves alone what does not run")
def only_what_is_needed(role: Role, occasion: TimerOccasion) -> TimerChange:
    if occasion == "won an election":
        return "stop"
    return "keep" if role == "leader" else election_timer_change(role, occasion)


@odd("OT6", SUITE, style="the leader's election timer runs on and is ignored")
class DeafToItsOwnTimer(Server):
    """Restarts its timer whenever it runs out, and stands for election only as a follower."""

    def become_leader(self) -> None:
        super().become_leader()
        self.effects.timers += (("election", "restart"),)

    def on_timer_fired(self, event: TimerFired) -> None:
        if event.timer == "election" and self.standing.role == "leader":
            self.effects.timers += (("election", "restart"),)
        else:
            super().on_timer_fired(event)


@odd("OT7", SUITE, style="a vote that is repeated does not restart the timer again")
class RepeatsAreNoNews(Server):
    """A candidate that asks again gets its vote again, and no more time."""

    def on_request_vote(self, request: RequestVoteRequest) -> None:
        repeated = self.standing.voted_for == request.source
        super().on_request_vote(request)
        if repeated:
            self.effects.timers = ()
