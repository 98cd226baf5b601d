"""The answer to exercise 4.5: which server could win an election.

It is no rule of a server, because none sees the others' logs. It stands apart from its cases, so
that the steps of an answer are counted, and those of the cases are not.
"""

from raftkit.protocol import Log


def could_win(candidate: Log, others: tuple[Log, ...]) -> bool:
    """Whether a server with the log `candidate` would win if all `others` are free to vote."""
    end = (candidate.last_term, candidate.last_index)
    votes = 1 + sum(end >= (log.last_term, log.last_index) for log in others)
    return votes > (len(others) + 1) // 2
