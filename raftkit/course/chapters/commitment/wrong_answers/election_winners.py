"""Answers about which server could win an election (§5.4.1): wrong ones, and an odd one.

Each wrong one counts votes and forgets one rule of 2.1 or 2.2.
"""

from raftkit.course.wrong_answer import CONTRACT, OddAnswers, WrongAnswers, breaks, thinking
from raftkit.protocol import Log

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer

Logs = tuple[Log, ...]


def _end(log: Log) -> tuple[int, int]:
    """How a log ends, as voters compare it."""
    return (log.last_term, log.last_index)


@wrong("C34", "4.5", CONTRACT, case="counts the candidate's own vote")
@thinking("It wins if a majority votes for it, so I count those who do.")
@breaks("A candidate votes for itself (§5.2; Figure 2, Candidates).")
def without_its_own_vote(candidate: Log, others: Logs) -> bool:
    """It needs one server more than a majority."""
    votes = sum(_end(candidate) >= _end(log) for log in others)
    return votes > (len(others) + 1) // 2


@wrong("C35", "4.5", CONTRACT, case="a later last term counts more than a longer log")
@thinking("Whoever has more entries has what the others have, and more.")
@breaks("The later last term is more up-to-date, whatever the length (§5.4.1).")
def longer_wins(candidate: Log, others: Logs) -> bool:
    """A longer log may have entries of an old term only, and these are lost."""
    votes = 1 + sum(candidate.last_index >= log.last_index for log in others)
    return votes > (len(others) + 1) // 2


@wrong("C36", "4.5", CONTRACT, case="an equal log is good enough")
@thinking("A voter wants a log that is better than its own.")
@breaks("At least as up-to-date is enough (§5.4.1; Figure 2, RequestVote 2).")
def better_wins(candidate: Log, others: Logs) -> bool:
    """In a cluster at rest nobody could ever be elected."""
    votes = 1 + sum(_end(candidate) > _end(log) for log in others)
    return votes > (len(others) + 1) // 2


@wrong("C38", "4.5", CONTRACT, case="half of the votes is not enough")
@thinking("It needs more than half of the others, and has its own vote for nothing.")
@breaks("The majority is that of the full cluster (§5.2).")
def more_than_half_of_the_others(candidate: Log, others: Logs) -> bool:
    """Right in every odd cluster."""
    votes = 1 + sum(_end(candidate) >= _end(log) for log in others)
    return votes > len(others) // 2


@wrong("C39", "4.5", CONTRACT, case="a later last term counts more than a longer log")
@thinking("I compare how the logs end: index and term, as a pair.")
@breaks("The term is compared first, and the index only if terms are equal (§5.4.1).")
def index_before_term(candidate: Log, others: Logs) -> bool:
    """Python compares pairs from left to right, so their order matters."""
    own_end = (candidate.last_index, candidate.last_term)
    votes = 1 + sum(own_end >= (log.last_index, log.last_term) for log in others)
    return votes > (len(others) + 1) // 2


@wrong("C53", "4.5", CONTRACT, case="S5 wins in Figure 8 (c), and not in (e)")
@thinking("The best log of all wins.")
@breaks("A candidate needs a majority of the votes, not all of them (§5.2, §5.4.1).")
def best_of_all(candidate: Log, others: Logs) -> bool:
    """In Figure 8 (c) S1 has the best log, and S5 does not need its vote."""
    return all(_end(candidate) >= _end(log) for log in others)


@odd("O90", "4.5", style="sorts all logs and looks whether the middle one votes for it")
def not_behind_the_middle(candidate: Log, others: Logs) -> bool:
    ends = sorted(_end(log) for log in others)
    needed = (len(others) + 1) // 2  # besides its own vote
    return needed == 0 or _end(candidate) >= ends[needed - 1]
