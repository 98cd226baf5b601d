"""Messages and actions in words, for titles, terminals and screen readers.

It turns values into sentences and draws nothing. A value that it does not know, such as a
message of another protocol, is written field by field.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from raftkit.protocol.log import Entry
from raftkit.protocol.messages import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.simulator import by_hand, faults, in_flight
from raftkit.simulator.raft_system import Ask, Propose


def milliseconds(microseconds: int) -> str:
    """A time in milliseconds, with one decimal.

    >>> milliseconds(152_340), milliseconds(400_000)
    ('152.3 ms', '400 ms')
    """
    return f"{microseconds / 1000:.1f}".removesuffix(".0") + " ms"


def listed(names: Iterable[str]) -> str:
    """Names as a list in a sentence.

    >>> listed(["S1", "S2", "S3"])
    'S1, S2 and S3'
    """
    *most, last = tuple(names) or ("nobody",)
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun, which is plural unless the number is 1.

    >>> counted(1, "message"), counted(2, "message"), counted(2, "entry", "entries")
    ('1 message', '2 messages', '2 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def command_in_words(command: str) -> str:
    """A command of the log; an empty command is a leader's no-op."""
    return f"“{command}”" if command else "no-op"


def entries_in_words(entries: tuple[Entry, ...]) -> str:
    """The entries of an AppendEntries request, at most three of them in full."""
    if not entries:
        return "no entries"
    shown = ", ".join(
        f"{command_in_words(entry.command)} of term {entry.term}" for entry in entries[:3]
    )
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    return f"{counted(len(entries), 'entry', 'entries')}: {shown}{more}"


def message_in_words(message: Any) -> str:
    """The whole message as one sentence.

    >>> message_in_words(RequestVoteResponse("S2", "S1", 3, vote_granted=True))
    'RequestVote response from S2 to S1: term 3, vote granted'
    """
    ends = f"from {message.source} to {message.target}"
    match message:  # Nearly all are of the first two kinds.
        case AppendEntriesRequest():
            return _append_in_words(message, ends)
        case AppendEntriesResponse():
            return _append_response_in_words(message, ends)
        case RequestVoteRequest():
            return (
                f"RequestVote {ends}: term {message.term}, last_log_index "
                f"{message.last_log_index}, last_log_term {message.last_log_term}"
            )
        case RequestVoteResponse():
            answer = "vote granted" if message.vote_granted else "vote refused"
            return f"RequestVote response {ends}: term {message.term}, {answer}"
        case ClientRequest():
            return f"Client request {ends}: {command_in_words(message.command)}"
        case ClientResponse():
            return f"Answer {ends}: {_answer_in_words(message)}"
    return f"{type(message).__name__} {ends}{_other_fields(message)}"


def short(message: Any) -> str:
    """The message in a few words, without its source and target.

    >>> short(RequestVoteRequest("S1", "S2", 3, 0, 0))
    'RequestVote (term 3)'
    """
    match message:
        case RequestVoteRequest():
            return f"RequestVote (term {message.term})"
        case RequestVoteResponse():
            return f"{'a vote' if message.vote_granted else 'a refusal'} (term {message.term})"
        case AppendEntriesRequest() if not message.entries:
            return f"a heartbeat (term {message.term})"
        case AppendEntriesRequest():
            return f"AppendEntries with {_commands(message)} (term {message.term})"
        case AppendEntriesResponse():
            success = f"success up to index {message.match_index}"
            return (
                success if message.success else f"a refusal of AppendEntries (term {message.term})"
            )
        case ClientRequest():
            return f"the request {command_in_words(message.command)}"
        case ClientResponse():
            return f"the answer: {_answer_in_words(message)}"
    return f"{type(message).__name__}{_other_fields(message)}"


def _commands(message: AppendEntriesRequest) -> str:
    """The commands in a request; an entry's term is added if it differs from the request's."""
    shown = [
        command_in_words(entry.command)
        + ("" if entry.term == message.term else f" of term {entry.term}")
        for entry in message.entries[:3]
    ]
    more = len(message.entries) - 3
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def action_in_words(action: Any) -> str:
    """A fault or another action from outside, short enough for a label.

    >>> action_in_words(faults.Partition((("S1", "S2"), ("S3",))))
    'cut: S1 S2 | S3'
    """
    match action:
        case faults.Partition(groups):
            return "cut: " + " | ".join(" ".join(group) for group in groups)
        case faults.Heal():
            return "healed"
        case faults.Cut(source, target, one_way):
            return f"cut {source} {'→' if one_way else '–'} {target}"
        case faults.Mend(source, target):
            return f"mended {source} – {target}"
        case faults.Crash(server):
            return f"{server} crashes"
        case faults.Restart(server):
            return f"{server} restarts"
        case faults.Pause(server):
            return f"{server} pauses"
        case faults.Resume(server):
            return f"{server} resumes"
        case faults.Timeout(server):
            return f"{server} made to time out"
        case Propose(command, server):
            return f"{command_in_words(command)} to {server or 'the leader'}"
        case Ask(client, command):
            return f"{client} wants {command_in_words(command)}"
    return _condition_in_words(action)


def _condition_in_words(action: Any) -> str:
    """The other actions: those that change conditions or messages, and those by hand."""
    match action:
        case faults.NetworkConditions(loss, duplicate, slow, _):
            return f"network: lose {loss:.0%}, repeat {duplicate:.0%}, hold up {slow:.0%}"
        case faults.Drop():
            return f"lose {_pattern(action)}"
        case faults.Duplicate():
            return f"repeat {_pattern(action)}"
        case faults.Delay(delay):
            return f"hold up {_pattern(action)} by {milliseconds(delay)}"
        case faults.Drift(server, 0):
            return f"{server}’s clock is right again"
        case faults.Drift(server, parts):
            return f"{server}’s clock {'slow' if parts > 0 else 'fast'} by {abs(parts) / 1e4:g} %"
        case faults.SlowDisk(server, delay):
            return f"{server}’s disk takes {milliseconds(delay)}"
        case faults.MendDisk(server):
            return f"{server}’s disk mended"
        case faults.TornWrite(server, _):
            return f"{server}’s next write tears"
        case in_flight.Catch(source, target, kind, _, verdict, delay):
            late = "" if verdict == "lose" else f" {milliseconds(delay)} later"
            return f"{verdict} {kind} from {source} to {target}{late}"
        case in_flight.SetTimer(server, delay, timer):
            return f"{server}’s {timer} timer set to {milliseconds(delay)}"
        case by_hand.ByHand():
            return "by hand from here on"
        case by_hand.HandsOff():
            return "by itself from here on"
        case by_hand.Deliver(source, target, kind):
            return f"{kind or 'message'} from {source} to {target} let through"
        case by_hand.Lose(source, target, kind):
            return f"{kind or 'message'} from {source} to {target} lost"
    return f"{type(action).__name__}{_other_fields(action)}"


def _pattern(action: Any) -> str:
    """The messages that a fault concerns: their number, kind, source and target."""
    ends = (f" from {action.source}" if action.source else "") + (
        f" to {action.target}" if action.target else ""
    )
    kind = action.kind or ("message" if action.count == 1 else "messages")
    count = "" if action.count == 1 else f" {action.count}"
    return f"the next{count} {kind}{ends}"


def _append_in_words(message: AppendEntriesRequest, ends: str) -> str:
    """An AppendEntries request with all arguments of Figure 2 except the leader's name."""
    name = "AppendEntries" if message.entries else "Heartbeat (AppendEntries)"
    return (
        f"{name} {ends}: term {message.term}, prev_log_index {message.prev_log_index}, "
        f"prev_log_term {message.prev_log_term}, {entries_in_words(message.entries)}, "
        f"leader_commit {message.leader_commit}"
    )


def _append_response_in_words(message: AppendEntriesResponse, ends: str) -> str:
    """Its response; the conflict fields only if the fast back-up of §5.3 is in use."""
    if message.success:
        answer = f"success, match_index {message.match_index}"
    else:
        answer = f"refused, prev_log_index {message.prev_log_index} does not match"
        if message.conflict_index:
            answer += f" (conflict_term {message.conflict_term}, " \
                      f"conflict_index {message.conflict_index})"  # fmt: skip
    return f"AppendEntries response {ends}: term {message.term}, {answer}"


def _answer_in_words(message: ClientResponse) -> str:
    """The response to a client: done, with the result, or the server to try instead."""
    if message.ok:
        return "done" if message.result is None else f"done, result “{message.result}”"
    return f"not the leader, try {message.leader_hint or 'another'}"


def _other_fields(value: Any) -> str:
    """The fields of a value of unknown type, with their names."""
    if not is_dataclass(value):
        return ""
    parts = [
        f"{field.name} {getattr(value, field.name)}"
        for field in fields(value)
        if field.name not in ("source", "target")
    ]
    return f": {', '.join(parts)}" if parts else ""
