"""Odd but right answers about commit and apply: by counting, sorting, recursion, more messages.

They find N of Figure 2's last rule for leaders in different ways.
"""

from collections.abc import Sequence

from raftkit.course.wrong_answer import OddAnswers
from raftkit.protocol import AppendEntriesRequest, Log, Server
from raftkit.protocol.timers import HEARTBEAT_DUE

ODD = OddAnswers()
odd = ODD.answer

SUITE = "raftkit small world"


@odd("O72", "4.1", style="a set comprehension over every possible N")
def every_possible_index(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    majority = len(match_indexes) // 2 + 1
    possible = {
        index
        for index in range(commit_index + 1, log.last_index + 1)
        if log[index].term == current_term
        and len([match for match in match_indexes if match >= index]) >= majority
    }
    return max(possible, default=commit_index)


@odd("O73", "4.1", style="counts down from the last entry")
def counts_down(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    index = log.last_index
    while index > commit_index:
        if log.term_at(index) < current_term:
            break
        if 2 * sum(match >= index for match in match_indexes) > len(match_indexes):
            return index
        index -= 1
    return commit_index


@odd("O74", "4.1", style="recursive, one entry after the other")
def recursively(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Removes the largest and the smallest index until one or two are left."""
    if len(match_indexes) > 2:
        shorter = sorted(match_indexes)[1:-1]
        return recursively(log, current_term, commit_index, shorter)
    index = min(match_indexes)
    if index <= commit_index or log.term_at(index) != current_term:
        return commit_index
    return index


@odd("O75", "4.1", style="sorts downwards and slices")
def sorts_downwards(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    majority = sorted(match_indexes, reverse=True)[: len(match_indexes) // 2 + 1]
    own = list(range(commit_index + 1, majority[-1] + 1))
    return majority[-1] if own and log[majority[-1]].term == current_term else commit_index


@odd("O76", "4.2", style="one expression: the middle of three numbers")
def middle_of_three(commit_index: int, request: AppendEntriesRequest, success: bool) -> int:
    """The index between the old commit index and the last new entry nearest to leaderCommit."""
    last_new_index = (request.prev_log_index + len(request.entries)) * success
    return sorted((commit_index, request.leader_commit, max(commit_index, last_new_index)))[1]


@odd("O77", "4.3", style="looks at the end of the log as well")
def never_beyond_the_log(last_applied: int, commit_index: int, last_log_index: int) -> int:
    return max(last_applied, min(commit_index, last_log_index))


@odd("O78", SUITE, style="tells its followers of a commit at once, with a message more")
class TellsAtOnce(Server):
    def advance_commit_index(self, own_match_index: int) -> None:
        before = self.commit_index
        super().advance_commit_index(own_match_index)
        if self.commit_index > before and self.peers:
            self.send_heartbeats(HEARTBEAT_DUE)
