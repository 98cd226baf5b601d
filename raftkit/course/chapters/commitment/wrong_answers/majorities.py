"""Wrong answers about majorities: how many servers must hold an entry (§5.3; Figure 2, Leaders).

They commit with fewer servers than a majority, or wait for more.
"""

from collections.abc import Sequence
from statistics import median

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_COMPLETENESS,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import Log

WRONG = WrongAnswers()
wrong = WRONG.answer


def _if_of_this_term(log: Log, term: int, index: int, commit_index: int) -> int:
    """`index` if it is later than `commit_index` and its entry of `term`; else `commit_index`."""
    later = index > commit_index and log.term_at(index) == term
    return index if later else commit_index


@wrong("C4", "4.1", COMMANDS_COMMITTED, case="counts the leader as one of the majority")
@thinking("I count the acknowledgements, and I do not send one to myself.")
@breaks("The leader's own log is one of the majority's (§5.3; Figure 2, Leaders).")
def does_not_count_itself(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """It needs one follower more than a majority, so the cluster survives one crash less."""
    for index in range(log.last_index, commit_index, -1):
        acknowledged = sum(match_index >= index for match_index in match_indexes) - 1
        if acknowledged > len(match_indexes) // 2 and log.term_at(index) == current_term:
            return index
    return commit_index


@wrong("C8", "4.1", LEADER_COMPLETENESS, case="one follower of four is not enough")
@thinking("Another server has it too, so it cannot get lost.")
@breaks("An entry is committed when a majority of the servers holds it (§5.3).")
def commits_at_the_first_copy(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """With three servers two are a majority; of five, the other three may elect a leader."""
    two_longest = sorted(match_indexes)[-2:]
    return _if_of_this_term(log, current_term, two_longest[0], commit_index)


@wrong("C19", "4.1", COMMANDS_COMMITTED, case="commits the newest entry, too")
@thinking("A majority must have gone beyond N before N is safe.")
@breaks("A majority of matchIndex[i] ≥ N is asked for (Figure 2, Leaders).")
def wants_them_beyond(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Each entry waits for the next one, and the last one for ever."""
    for index in range(log.last_index, commit_index, -1):
        beyond = sum(match_index > index for match_index in match_indexes)
        if beyond > len(match_indexes) // 2 and log.term_at(index) == current_term:
            return index
    return commit_index


@wrong("C21", "4.1", COMMANDS_COMMITTED, case="servers that are down hold nothing up")
@thinking("Committed means safe, and safe means that everybody has it.")
@breaks("A majority is enough, so that a minority may be slow or down (§2, §5.3).")
def waits_for_everybody(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Safe, and of no use: one server that is down stops the cluster."""
    return _if_of_this_term(log, current_term, min(match_indexes), commit_index)


@wrong("C22", "4.1", CONTRACT, case="half of an even cluster is not enough")
@thinking("What half of them have or exceed is the median, and Python has one.")
@breaks("A majority is more than half (§5.3).")
def takes_the_median(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The median of an even number is the mean of the middle two; only half have the larger."""
    return _if_of_this_term(log, current_term, int(median(match_indexes)), commit_index)


@wrong("C23a", "4.1", LEADER_COMPLETENESS, case="one follower of four is not enough")
@thinking("A majority is n // 2 + 1, so I sort and take that place.")
@breaks("So many servers must hold the entry, not fewer (§5.3; Figure 2, Leaders).")
def takes_too_high_a_place(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """In ascending order from place 0, only a minority is at that place or after it."""
    majority = len(match_indexes) // 2 + 1
    place = min(majority, len(match_indexes) - 1)
    return _if_of_this_term(log, current_term, sorted(match_indexes)[place], commit_index)
