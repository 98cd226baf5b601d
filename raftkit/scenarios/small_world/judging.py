"""`StoryJudge`: what is wrong with each step of a server, beside the reference's.

Roles, terms, votes, logs, and what is committed and applied must be the same; messages, timers
and writes as far as the contract says (judged_messages.py, judged_disk.py). A server whose state
is another one is asked no further, because what would come then is another story.
"""

from collections.abc import Iterator
from copy import copy

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    RequestVoteRequest,
    RequestVoteResponse,
    ServerState,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import CANDIDATE, FOLLOWER, LEADER
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.complaint import (
    APPLYING,
    BEATING,
    CHECKING,
    CLIENTS,
    COMMITTING,
    ELECTING,
    FOLLOWING,
    KEEPING,
    MERGING,
    PROGRESS,
    RESTARTING,
    SENDING,
    TERMS,
    VOTING,
    WAITING,
    Complaint,
)
from raftkit.scenarios.small_world.judged_answers import voting_rule
from raftkit.scenarios.small_world.judged_disk import judged_disk
from raftkit.scenarios.small_world.judged_messages import MessageJudge
from raftkit.scenarios.small_world.living import RESTART, START
from raftkit.scenarios.small_world.stories import Step, World
from raftkit.scenarios.small_world.taken_steps import TakenStep


class StoryJudge:
    """Judges the steps of one story, in their order. `over` says that no further one can be."""

    def __init__(self, world: World) -> None:
        self.over = False
        self._messages = MessageJudge(world)
        self._peers = world.peers

    def twin(self) -> "StoryJudge":
        """A judge who has seen the same, for a story that begins alike."""
        made = copy(self)
        made._messages = self._messages.twin()
        return made

    def complaints(self, step: Step, taken: TakenStep) -> list[Complaint]:
        """Everything that is wrong with a step."""
        found = list(_of_state(step, taken.state))
        self.over = bool(found)
        found += _of_timers(step, taken, self._peers)
        if not self.over:
            found += _of_applying(step, taken)
            found += judged_disk(step, taken, alone=self._messages.alone)
        return [*found, *self._messages.complaints(step, taken, same_state=not self.over)]


def rule_of_event(step: Step) -> str:
    """The rule that is asked most of all when this event comes: an error there breaks it."""
    match step.event:
        case TimerFired(timer="election") | RequestVoteResponse():
            return ELECTING
        case TimerFired():
            return BEATING
        case RequestVoteRequest():
            return voting_rule(step)
        case AppendEntriesRequest():
            return MERGING if step.event.entries else CHECKING
        case AppendEntriesResponse():
            return PROGRESS
        case ClientRequest():
            return CLIENTS
    return RESTARTING if step.event == RESTART else WAITING


# The state -------------------------------------------------------------------------------

_ONE_VOTE = (
    "A server votes once in a term, first come, first served, and a new term begins "
    "without a vote (§5.1, §5.2)."
)
_TERM = "A higher term is adopted from every message, and a lower one changes nothing (§5.1)."
_ELECTED = (
    "A candidate wins with the votes of more than half of all servers for its term, "
    "each counted once (§5.2)."
)
_BEGINS = "An election begins with the next term and the candidate's own vote (§5.2)."


def _of_state(step: Step, state: ServerState) -> Iterator[Complaint]:
    """The first part of the state that is another one."""
    must, has = step.after.standing, state.standing
    pairs = (
        ("term", has.current_term, must.current_term),
        ("role", has.role, must.role),
        ("vote", has.voted_for, must.voted_for),
        ("log", state.log, step.after.log),
        ("commitIndex", state.commit_index, step.after.commit_index),
    )
    for name, found, expected in pairs:
        if found != expected and not (name == "role" and _cannot_win(step, has.role)):
            rule, why = _rules_of_state(step)[name]
            yield Complaint(rule, _beside(name, found, expected, step), why)
            return


def _cannot_win(step: Step, role: str) -> bool:
    """Whether a candidate whom so many have refused that it cannot win has given up."""
    tally = step.after.tally
    if step.after.standing.role != CANDIDATE or tally is None or role != FOLLOWER:
        return False
    return len(step.servers) - len(tally.refused) <= len(step.servers) // 2


def _beside(name: str, found: object, expected: object, step: Step) -> str:
    if name == "log":
        return f"Its log then holds {terms_of(found)}; expected {terms_of(expected)}."  # type: ignore[arg-type]
    if name == "role":
        return f"It is a {found} then; expected a {expected}."
    return f"Its {name} is {found} then; expected {expected}."


def _rules_of_state(step: Step) -> dict[str, tuple[str, str]]:
    """For each part of the state the rule that a wrong one breaks at this event, and why."""
    event = step.event
    if event in (START, RESTART):
        kept = "Term, vote and log are read back from the disk, and nothing else (Figure 2, State)."
        new = "A server starts as a follower that knows of no commit (§5.2; Figure 2, State)."
        return {
            **dict.fromkeys(("term", "vote", "log"), (KEEPING, kept)),
            **dict.fromkeys(("role", "commitIndex"), (RESTARTING, new)),
        }
    if isinstance(event, TimerFired):
        begins = (ELECTING, _BEGINS)
        elects = (ELECTING, _ELECTED)
        log = (ELECTING, "An election leaves the log as it is (§5.4.1), but for a winner's no-op.")
        commit = (COMMITTING, "An election commits nothing (Figure 2, State).")
        return {"term": begins, "role": elects, "vote": begins, "log": log, "commitIndex": commit}
    if isinstance(event, RequestVoteResponse):
        return {
            "term": (TERMS, _TERM),
            "role": (ELECTING, _ELECTED),
            "vote": (VOTING, _ONE_VOTE),
            "log": (
                SENDING,
                "A winner keeps its log; it appends a no-op only if settings.no_op says so.",
            ),
            "commitIndex": (COMMITTING, "Winning commits nothing (Figure 2, State)."),
        }
    log, commit = _rules_of_log(step)
    role = (
        "For a higher term, or for the leader of its own, a server becomes follower "
        "(§5.1, §5.2); for nothing else."
    )
    return {
        "term": (TERMS, _TERM),
        "role": (TERMS, role),
        "vote": (voting_rule(step), _ONE_VOTE),
        "log": log,
        "commitIndex": commit,
    }


def _rules_of_log(step: Step) -> tuple[tuple[str, str], tuple[str, str]]:
    """The rules that a wrong log and a wrong commitIndex break."""
    event = step.event
    by_majority = (
        "A leader commits what a majority holds, by counting entries of its own term "
        "only (§5.3, §5.4.2)."
    )
    if isinstance(event, AppendEntriesRequest):
        told = (
            "A follower commits the smaller of leaderCommit and the last new entry; "
            "commitIndex never falls (Figure 2, AppendEntries 5)."
        )
        refused = not any(getattr(m, "success", True) for m in step.effects.messages)
        if refused:
            kept = (
                "Entries are taken only from the leader of the term, after an entry that agrees "
                "(Figure 2, AppendEntries 1 and 2)."
            )
            return (CHECKING, kept), (FOLLOWING, told)
        merged = (
            "Only a conflict deletes: the entry and all after it; then what is missing is "
            "appended (Figure 2, AppendEntries 3 and 4)."
        )
        return (MERGING, merged), (FOLLOWING, told)
    if isinstance(event, ClientRequest):
        appends = (
            "A leader appends a client's command, with its own term, and nobody else does (§5.3)."
        )
        return (SENDING, appends), (COMMITTING, by_majority)
    kept = (
        "A leader never deletes or overwrites its own entries, and nobody else's message "
        "changes a log (Figure 3)."
    )
    return (SENDING, kept), (COMMITTING, by_majority)


# Timers and the state machine ------------------------------------------------------------


def _of_timers(step: Step, taken: TakenStep, peers: tuple[str, ...]) -> Iterator[Complaint]:
    """What is wrong with the election timer, and with a leader's heartbeat timer."""
    expected, found = "keep", taken.timer(ELECTION)
    for timer, change in step.effects.timers:
        expected = change if timer == ELECTION else expected
    if found != expected and not _is_harmless(step, found):
        why = (
            "The election timer starts anew when a server starts, begins an election, grants a "
            "vote, hears from the leader of its term, or stops leading; a winner stops it (§5.2)."
        )
        rule = RESTARTING if step.event == RESTART else WAITING
        yield Complaint(rule, f"{_DONE[found]} its election timer; {_EXPECTED[expected]}.", why)
    yield from _of_heartbeats(step, taken, peers)


def _is_harmless(step: Step, found: str) -> bool:
    """Whether another change of the election timer is right as well."""
    if step.after.standing.role == LEADER:
        # It may run on if the leader ignores it; a scenario lets it run out.
        return step.before.standing.role != LEADER or found != "restart"
    event, standing = step.event, step.before.standing
    if not isinstance(event, RequestVoteRequest) or found == "stop":
        return False
    # A vote that is repeated gives nothing new.
    return (event.source, event.term) == (standing.voted_for, standing.current_term)


_DONE = {"restart": "It restarted", "stop": "It stopped", "keep": "It left alone"}
_EXPECTED = {
    "restart": "expected that it restarts it",
    "stop": "expected that it stops it",
    "keep": "expected that it runs on as it did",
}


def _of_heartbeats(step: Step, taken: TakenStep, peers: tuple[str, ...]) -> Iterator[Complaint]:
    """A leader's heartbeat timer runs, and is put off only by what all peers hear."""
    before, after = step.before.standing.role, step.after.standing.role
    found = taken.timer(HEARTBEAT)
    why = (
        "A leader sends heartbeats at once and during idle periods, until it steps down "
        "(Figure 2, Leaders)."
    )
    due = after == LEADER and (before != LEADER or step.event == TimerFired(HEARTBEAT))
    if due and found != "restart":
        yield Complaint(BEATING, "It did not set its heartbeat timer (again).", why)
    elif after == LEADER and not due and found == "stop":
        yield Complaint(BEATING, "It stopped its heartbeat timer although it leads.", why)
    elif before == LEADER and after != LEADER and found != "stop" and step.event != RESTART:
        yield Complaint(BEATING, "It leads no more, and its heartbeat timer runs on.", why)
    elif after == LEADER and not due and found == "restart":
        told = {message.target for message in taken.sent(AppendEntriesRequest)}
        missing = ", ".join(server for server in peers if server not in told)
        if missing:
            text = f"It put off its heartbeats, and sent nothing to {missing}."
            yield Complaint(BEATING, text, why)


def _of_applying(step: Step, taken: TakenStep) -> Iterator[Complaint]:
    """Each committed entry goes to the state machine, once and in order."""
    expected = tuple(tuple(pair) for pair in step.effects.applied)
    same = taken.applied == expected and taken.state.last_applied == step.after.last_applied
    if not same:
        found = ", ".join(f"{index}" for index, _ in taken.applied) or "nothing"
        must = ", ".join(f"{index}" for index, _ in expected) or "nothing"
        where = f"and its lastApplied is {taken.state.last_applied}"
        if found == must and taken.state.last_applied == step.after.last_applied:
            found, where = f"{found}, with other entries than its log has", ""
        yield Complaint(
            APPLYING,
            f"It applied {found} {where}; expected {must}, and {step.after.last_applied}.",
            (
                "Each committed entry is applied once, in the order of the log (Figure 2, All "
                "servers)."
            ),
        )
