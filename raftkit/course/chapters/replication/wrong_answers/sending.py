"""Wrong answers about what a leader sends (§5.3; Figure 2, Leaders).

They begin at a wrong index, name a wrong term, or say something else than Figure 2.
"""

from collections.abc import Callable
from dataclasses import replace

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_COMPLETENESS,
    LOG_MATCHING,
    STATE_MACHINE_SAFETY,
    WASTED_WORK,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Progress,
    Server,
    Standing,
    make_append_entries,
)

WRONG = WrongAnswers()
wrong = WRONG.answer

Sent = AppendEntriesRequest


def _changing(change: Callable[[Sent, Log, int, int], Sent]) -> Callable[..., Sent]:
    """The rule of 3.2 that sends what `change` makes of the right request."""

    def changed(
        source: str, target: str, term: int, log: Log, next_index: int, commit: int, batch: int
    ) -> Sent:
        right = make_append_entries(source, target, term, log, next_index, commit, batch)
        return change(right, log, next_index, batch)

    return changed


# The entry before -------------------------------------------------------------------------


@wrong("L27", "3.2", COMMANDS_COMMITTED, case="names the index before the new entries")
@thinking("nextIndex is where the follower's log goes on, so I compare there.")
@breaks("prevLogIndex is the index before the new entries (Figure 2, AppendEntries).")
@_changing
def compares_at_next_index(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """The follower is asked whether it has the very entry that it should be sent."""
    before = min(next_index, log.last_index)
    return replace(right, prev_log_index=before, prev_log_term=log.term_at(before))


@wrong("L28", "3.2", LOG_MATCHING, case="begins with entry next_index")
@thinking("nextIndex is matched, so what follows it is new.")
@breaks("nextIndex is the first entry to send (Figure 2, State: volatile on leaders).")
@_changing
def begins_after_next_index(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """One entry is left out, and the others end up one place too early."""
    return replace(right, entries=log.entries(next_index + 1, next_index + batch))


@wrong("L38", "3.2", COMMANDS_COMMITTED, case="names that entry's own term")
@thinking("prevLogTerm tells the follower in which term I am speaking.")
@breaks("prevLogTerm is the term of the entry at prevLogIndex (Figure 2, AppendEntries).")
@_changing
def own_term_for_the_entry_before(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """With the second leader every follower that has entries refuses for ever."""
    return replace(right, prev_log_term=right.term if next_index > 1 else 0)


@wrong("L14b", "3.2", COMMANDS_COMMITTED, case="names nothing before the first entry")
@thinking("In a list, the entry before nextIndex is at place nextIndex - 2.")
@breaks("Before the first entry there is index 0 of term 0 (§5.3; Figure 2).")
@_changing
def reads_at_minus_one(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Place 1 - 2 is the last one in Python, so the first request names the last entry's term."""
    terms = [entry.term for entry in log]
    return replace(right, prev_log_term=terms[next_index - 2] if terms else 0)


# The entries ------------------------------------------------------------------------------


@wrong("L39", "3.2", STATE_MACHINE_SAFETY, case="entries keep their terms")
@thinking("I am the leader now, so these entries come from me, in my term.")
@breaks("Entries keep their original terms when a later leader sends them (§5.4.2).")
@_changing
def stamps_its_own_term(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """One index has another term on each server, and logs that agreed now conflict."""
    return replace(right, entries=tuple(replace(e, term=right.term) for e in right.entries))


@wrong("L36", "3.2", COMMANDS_COMMITTED, case="sends all there are")
@thinking("A range does not include its end, so I stop one before.")
@breaks("The entries from nextIndex to the last one are sent (Figure 2, Leaders).")
@_changing
def leaves_out_the_last(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Each command waits for the next one before it is sent."""
    end = min(next_index + batch, log.last_index)
    return replace(right, entries=log.entries(next_index, end - 1))


@wrong("L37", "3.2", WASTED_WORK, case="begins with entry next_index")
@thinking("If I send the whole log every time, nothing can be missing.")
@breaks("A leader sends what follows nextIndex (§5.3; Figure 2, Leaders).")
@_changing
def sends_the_whole_log(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Right, but each message is longer than the one before."""
    return replace(right, prev_log_index=0, prev_log_term=0, entries=log.entries())


@wrong("L48", "3.2", CONTRACT, case="sends at most a batch")
@thinking("The batch begins at nextIndex, and the last one is nextIndex + batch.")
@breaks("From first to last, both included, there is one more (§5.3).")
@_changing
def one_more_than_the_batch(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Harmless until a batch is as large as a message may be."""
    return replace(right, entries=log.entries(next_index, next_index + batch))


# What else it says ------------------------------------------------------------------------


@wrong("L47", "3.2", COMMANDS_COMMITTED, case="goes to the follower, in the leader's term")
@thinking("A request has the term of what is in it.")
@breaks("A request carries the leader's term (Figure 2, AppendEntries).")
@_changing
def in_the_term_of_the_last_entry(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Until it has an entry of its term, a leader seems to be an old one, and is refused."""
    return replace(right, term=log.last_term)


@wrong("L49", "3.2", LEADER_COMPLETENESS, case="tells how far the leader has committed")
@thinking("The follower may apply all that I send it.")
@breaks("leaderCommit is the leader's commitIndex (Figure 2, AppendEntries).")
@_changing
def commits_what_it_sends(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """One follower applies an entry that no majority has."""
    return replace(right, leader_commit=log.last_index)


@wrong("L64", "3.2", CONTRACT, case="tells how far the leader has committed")
@thinking("The follower can commit no more than I send, so I tell it no more.")
@breaks("leaderCommit is the leader's commitIndex; the follower limits it (Figure 2).")
@_changing
def tells_what_it_covers(right: Sent, log: Log, next_index: int, batch: int) -> Sent:
    """Safe, and so in the TLA+ specification, but not what Figure 2 and the prompt say."""
    covered = right.prev_log_index + len(right.entries)
    return replace(right, leader_commit=min(right.leader_commit, covered))


# When entries are sent, and who takes commands --------------------------------------------


@wrong("L35", "raftkit logs", COMMANDS_COMMITTED, case="A lost request is sent again")
@thinking("What I have sent is on its way, so nextIndex moves on.")
@breaks("A leader sends entries until every follower has stored them (§5.3).")
class SendsOnce(Server):
    """It would be right to move nextIndex at once if a refusal moved it back again."""

    def send_append_entries(self, peer: str) -> None:
        super().send_append_entries(peer)
        match_index = self.progress[peer].match_index
        self.progress[peer] = Progress(self.sent_index[peer] + 1, match_index)

    def on_append_entries_response(self, response: AppendEntriesResponse) -> None:
        if response.success:
            super().on_append_entries_response(response)


@wrong("L25", "3.1", LOG_MATCHING, case="a follower takes nothing")
@thinking("Whoever is asked takes the command, and the others will get it in time.")
@breaks("Only the leader takes commands; followers redirect clients to it (§5.1, §8).")
def everybody_takes_commands(standing: Standing, log: Log, entry: Entry) -> Log:
    """The follower's entry and the leader's have the same index and term, and differ."""
    return log.extend([entry])


@wrong("L44", "3.1", LOG_MATCHING, case="a candidate takes nothing")
@thinking("A follower does not take commands.")
@breaks("Only the leader takes commands, and a candidate is none (§5.1, §5.2).")
def candidates_take_commands(standing: Standing, log: Log, entry: Entry) -> Log | None:
    """Two candidates of one term may each have an entry of it, at the same index."""
    return None if standing.role == "follower" else log.extend([entry])


@wrong("L45", "3.1", CONTRACT, case="a follower takes nothing")
@thinking("If I am no leader, the log stays as it is.")
@breaks("Clients of a follower are sent to the leader (§5.1, §8).")
def gives_the_log_back(standing: Standing, log: Log, entry: Entry) -> Log:
    """The caller takes the command to be in the log, and lets the client wait."""
    return log.extend([entry]) if standing.role == "leader" else log


@wrong("L46", "3.1", LOG_MATCHING, case="a leader appends the command")
@thinking("An entry goes on in the term in which the log ends.")
@breaks("An entry has the term of the leader that took it (§5.3).")
def goes_on_in_the_last_term(standing: Standing, log: Log, entry: Entry) -> Log | None:
    """Two leaders write different entries at one index, both with the same term."""
    if standing.role != "leader":
        return None
    return log.extend([replace(entry, term=log.last_term or entry.term)])
