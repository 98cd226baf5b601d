"""Wrong answers about what a follower commits, and what any server applies (§5.3; Figure 2).

They follow leaderCommit too far, too little or backwards, or apply entries too early, twice
or not at all.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    ONLY_FORWARDS,
    STATE_MACHINE_SAFETY,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Server, follower_commit_index

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# leaderCommit -----------------------------------------------------------------------------


@wrong("C5a", "4.2", STATE_MACHINE_SAFETY, case="goes no further than the last new entry")
@thinking("What the leader has committed is committed for me, too.")
@breaks("commitIndex is capped at the last new entry (Figure 2, AppendEntries 5).")
def believes_leader_commit(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """It applies whatever it has at those indexes, such as an old leader's entries."""
    return max(commit_index, request.leader_commit) if success else commit_index


@wrong("C5b", SUITE, STATE_MACHINE_SAFETY, case="commits of followers")
@thinking("I cannot commit more than I have, so I stop at the end of my log.")
@breaks("The cap is the last *new* entry, not the last one (Figure 2, AppendEntries 5).")
class CommitsToItsEnd(Server):
    """A heartbeat that matches early in the log commits what an old leader left behind it."""

    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        super().on_append_entries(request)
        answered = self.effects.messages[-1:]
        if answered and answered[0].success:
            known = min(request.leader_commit, self.log.last_index)
            self.commit_index = max(self.commit_index, known)


@wrong("C27", "4.2", STATE_MACHINE_SAFETY, case="commits as far as the leader, and no further")
@thinking("commitIndex only rises, so it takes the largest number there is.")
@breaks("commitIndex = min(leaderCommit, last new entry) (Figure 2, AppendEntries 5).")
def takes_the_larger(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """Every entry is committed as soon as it has arrived anywhere."""
    if not success:
        return commit_index
    last_new_index = request.prev_log_index + len(request.entries)
    return max(commit_index, request.leader_commit, last_new_index)


@wrong("C7c", "4.2", ONLY_FORWARDS, case="a late request takes no commit back")
@thinking("Figure 2 says min(leaderCommit, last new entry), and I wrote just that.")
@breaks("commitIndex increases monotonically (Figure 2, State).")
def figure_2_to_the_letter(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """An old request with few entries ends before the commit index, which then falls."""
    last_new_index = request.prev_log_index + len(request.entries)
    if success and request.leader_commit > commit_index:
        return min(request.leader_commit, last_new_index)
    return commit_index


@wrong("C28", "4.2", COMMANDS_COMMITTED, case="a heartbeat tells what is committed")
@thinking("Where no entry comes, there is nothing to commit.")
@breaks("leaderCommit counts in every request, a heartbeat's too (§5.3; Figure 2).")
def commits_with_entries(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """The followers apply each command when the next one comes, and the last one never."""
    return follower_commit_index(commit_index, request, success and len(request.entries) > 0)


@wrong("L26", "4.2", STATE_MACHINE_SAFETY, case="a refused request says nothing")
@thinking("leaderCommit is right, whether my log fits or not.")
@breaks("A refused request says nothing of this log (Figure 2, AppendEntries 2 and 5).")
def commits_what_it_refused(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """It commits the very entries that the leader is about to replace."""
    return follower_commit_index(commit_index, request, success=True)


# Applying ---------------------------------------------------------------------------------


@wrong("C9", "4.3", STATE_MACHINE_SAFETY, case="applies nothing before it is committed")
@thinking("The entry is in the log; why wait?")
@breaks("Entries are applied when they are committed (§5.3; Figure 2, All servers).")
def applies_what_it_has(last_applied: int, commit_index: int, last_log_index: int) -> int:
    """The next leader replaces the entry, and no state machine can take it back."""
    return max(last_applied, last_log_index)


@wrong("C29", "4.3", COMMANDS_COMMITTED, case="applies an entry that is committed")
@thinking("range(last_applied, commit_index) are the entries to apply.")
@breaks("If commitIndex > lastApplied, the next entry is applied (Figure 2, All servers).")
def stops_before_the_end(last_applied: int, commit_index: int, last_log_index: int) -> int:
    """A range stops before its end: the newest entry waits for the next one."""
    return int(max(last_applied, *range(last_applied, commit_index), 0))


@wrong("C33", "4.3", CONTRACT, case="applies all that are committed")
@thinking("If commitIndex > lastApplied, increment lastApplied: that is plus one.")
@breaks("It is said of all servers at all times: until both are equal (Figure 2, All servers).")
def one_at_a_time(last_applied: int, commit_index: int, last_log_index: int) -> int:
    """When many entries are committed at once, the state machine lags behind its clients."""
    return last_applied + 1 if commit_index > last_applied else last_applied


@wrong("C25", SUITE, STATE_MACHINE_SAFETY, case="applying")
@thinking("leaderCommit says what to apply, so I apply it at once.")
@breaks("Entries are applied up to the server's own commitIndex (Figure 2, All servers).")
class AppliesLeaderCommit(Server):
    """commitIndex is right but not used: even a refused request lets entries be applied."""

    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        super().on_append_entries(request)
        if request.leader_commit > self.last_applied:
            self.apply_entries(request.leader_commit)


@wrong("C11", SUITE, STATE_MACHINE_SAFETY, case="applying")
@thinking("The handler applies what is new, and a loop sees to what it may have missed.")
@breaks("lastApplied rises with each entry that is applied (Figure 2, All servers).")
class AppliesInTwoPlaces(Server):
    """Both have read lastApplied before either writes it, so a counter counts by two."""

    def apply_entries(self, through: int) -> None:
        missed = [(index, self.log[index]) for index in range(self.last_applied + 1, through + 1)]
        super().apply_entries(through)
        self.effects.applied = (*self.effects.applied, *missed)


@wrong("C26", SUITE, STATE_MACHINE_SAFETY, case="applying")
@thinking("commitIndex is the index of the entry that is now committed.")
@breaks("It commits every entry before it as well, and all are applied in order (§5.3).")
class AppliesTheNewestOnly(Server):
    """Whenever commitIndex rises by two, a command is never executed."""

    def apply_entries(self, through: int) -> None:
        super().apply_entries(through)
        self.effects.applied = ((through, self.log[through]),)
