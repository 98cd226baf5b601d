"""Wrong answers about refusals (§5.3; Figure 2, Leaders), and whole servers that handle them wrong.

They back up too far or not at all, for the wrong follower, or by deleting the leader's own log.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_APPEND_ONLY,
    LEADER_COMPLETENESS,
    WASTED_WORK,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesResponse, Log, Progress, Server, Standing
from raftkit.protocol.roles import LEADER

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# nextIndex --------------------------------------------------------------------------------


wrong("L15", "3.9", COMMANDS_COMMITTED, case="a term that the leader has, too, is passed by whole")(
    Told(
        broken_rafts.tries_the_same_again,
        thinking="It refused; I will just try again.",
        breaks="After a refusal nextIndex falls before the retry (§5.3; Figure 2, Leaders).",
    )
)


@wrong("L14a", "3.9", COMMANDS_COMMITTED, case="a copy of a refusal takes nothing more back")
@thinking("Every refusal takes nextIndex down by one.")
@breaks("nextIndex is never below 1, nor at what is known to match (§5.3; Figure 2).")
def always_one_less(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """After a few copies of one refusal it looks for an entry before the first."""
    next_index = progress.next_index - 1
    return Progress(next_index, progress.match_index)


@wrong("L16a", "3.9", WASTED_WORK, case="what has matched is not taken back")
@thinking("If it refuses, I have gone too far forward, in whatever order answers come.")
@breaks("A refusal of what has since been acknowledged is out of date (§5.3).")
def believes_late_refusals(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """A follower that was repaired long ago is sent everything once more."""
    if response.term != standing.current_term:
        return progress
    next_index = max(1, min(progress.next_index, response.conflict_index))
    return Progress(next_index, progress.match_index)


@wrong("L16b", "3.9", WASTED_WORK, case="a refusal of an older term says nothing")
@thinking("A refusal means that the logs do not match.")
@breaks("A refusal may be about the term only, and of an older one (§5.1, §5.3).")
def believes_old_refusals(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """nextIndex falls for every refusal, whenever it was sent."""
    next_index = max(1, min(progress.next_index, response.conflict_index))
    return Progress(next_index, progress.match_index)


@wrong("L19a", "3.9", COMMANDS_COMMITTED, case="a term that the leader lacks is passed by whole")
@thinking("I skip the conflicting term: on to the end of that term in my own log.")
@breaks("A leader without the term goes to where it begins in the follower's log (§5.3).")
def skips_a_term_it_lacks(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Its last entry of an earlier term may be the refused one: it asks the same for ever."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    next_index = response.conflict_index
    if response.conflict_term:
        next_index = log.last_index_of(response.conflict_term) + 1
    return Progress(next_index, progress.match_index)


@wrong("L19b", "3.9", COMMANDS_COMMITTED, case="a log that is too short is taken up at its end")
@thinking("The conflict is at conflictIndex, so I go on with the entry before it.")
@breaks("prevLogIndex is before the conflict then, and nextIndex at it (§5.3).")
def one_before_the_conflict(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """One entry too many is mostly harmless; before entry 1 there is none."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    next_index = min(progress.next_index, response.conflict_index) - 1
    return Progress(next_index, progress.match_index)


@wrong("L57", "3.9", WASTED_WORK, case="a term that the leader has, too, is passed by whole")
@thinking("The leader decrements nextIndex and retries.")
@breaks("With the conflict's term and index, one request a term is enough (end of §5.3).")
def one_entry_a_refusal(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Right by Figure 2, but it ignores what else the follower has said."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    next_index = max(progress.match_index + 1, min(progress.next_index, response.prev_log_index))
    return Progress(next_index, progress.match_index)


@wrong("L58", "3.9", WASTED_WORK, case="a log that is too short is taken up at its end")
@thinking("I look for the conflict's term in my log and go on after it.")
@breaks("A log that is too short has no conflicting term, only an end (end of §5.3).")
def looks_for_term_zero(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Term 0 ends at index 0, so a follower that lacks one entry is sent all of them."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    agrees = log.last_index_of(response.conflict_term)
    known = log.term_at(agrees) == response.conflict_term
    wanted = agrees + 1 if known else response.conflict_index
    return Progress(max(progress.match_index + 1, min(wanted, progress.next_index)), 0)


@wrong("L59", "3.9", WASTED_WORK, case="a late refusal moves nothing forwards")
@thinking("The follower says where to go on, so there I go.")
@breaks("A refusal never moves nextIndex forwards (§5.3; Figure 2, Leaders).")
def goes_wherever_it_is_told(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """A late refusal undoes the one after it."""
    if response.term != standing.current_term or response.prev_log_index <= progress.match_index:
        return progress
    return Progress(max(progress.match_index + 1, response.conflict_index), progress.match_index)


# Whole servers ----------------------------------------------------------------------------


@wrong("L20a", SUITE, LEADER_APPEND_ONLY, case="sending")
@thinking("We do not agree on that entry, so I drop it too.")
@breaks("A leader never deletes entries in its own log (§5.3, Figure 3).")
class GivesUpWhatIsRefused(Server):
    """One empty follower empties the leader."""

    def on_append_entries_response(self, response: AppendEntriesResponse) -> None:
        if self.standing.role == LEADER and not response.success:
            self.log = self.log.prefix(response.prev_log_index - 1)
        super().on_append_entries_response(response)


@wrong("L20b", SUITE, LEADER_COMPLETENESS, case="elections")
@thinking("What the old leader did not get committed is void; I begin after it.")
@breaks("A leader has every committed entry, and cannot tell which those are (§5.4.1, §5.4.2).")
class BeginsAtItsCommitIndex(Server):
    """A follower hears late of a commit: the entry may already be committed and answered."""

    def become_leader(self) -> None:
        self.log = self.log.prefix(self.commit_index)
        super().become_leader()


@wrong("L23b", SUITE, COMMANDS_COMMITTED, case="answers")
@thinking("I make a callback for each peer, which knows whom it asked.")
@breaks("nextIndex and matchIndex are kept for each server (Figure 2, State).")
class CreditsTheLastPeer(Server):
    """A closure in Python looks its variable up when it runs: by then the loop has ended."""

    _credited: Mapping[str, Callable[[AppendEntriesResponse], AppendEntriesResponse]] = {}

    def become_leader(self) -> None:
        super().become_leader()
        self._credited = {}
        for peer in self.peers:
            # That `peer` is looked up late is the mistake on show.
            self._credited[peer] = lambda response: replace(response, source=peer)  # noqa: B023

    def on_append_entries_response(self, response: AppendEntriesResponse) -> None:
        credited = self._credited.get(response.source)
        super().on_append_entries_response(credited(response) if credited else response)
