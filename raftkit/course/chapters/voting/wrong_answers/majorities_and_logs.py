"""Answers about majorities and up-to-date logs (2.1, 2.2).

Each wrong one must lose points on the case that it names; the odd but right ones lose none.
"""

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    OddAnswers,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


# 2.1 What is a majority? ------------------------------------------------------------------


@wrong("V14a", "2.1", ELECTION_SAFETY, case="one vote fewer is not")
@thinking("Half of five is two, and integer division rounds.")
@breaks("A majority is more than half of the cluster (§5.2).")
def half_is_enough(granted: int, refused: int, servers: int) -> bool:
    """Two of five elect one leader and the other three another."""
    return granted >= servers // 2


@wrong("V14b", "2.1", ELECTION_SAFETY, case="half of an even cluster is not")
@thinking("I ask four peers, so I need most of four.")
@breaks("A majority is counted in the full cluster, the candidate included (§5.2).")
def majority_of_the_peers(granted: int, refused: int, servers: int) -> bool:
    """Right in every odd cluster, by luck: only an even cluster shows the mistake."""
    peers = servers - 1
    return granted > peers // 2


@wrong("V14e", "2.1", LEADER_ELECTED, case="just over half is a majority")
@thinking("A majority has to be with me, so my own vote is not one of them.")
@breaks("A candidate's own vote is one of the majority (§5.2).")
def does_not_count_itself(granted: int, refused: int, servers: int) -> bool:
    """Three servers need all three votes, and a server alone never leads."""
    others = granted - 1
    return others > servers // 2


wrong("V15", "2.1", ELECTION_SAFETY, case="servers that stay silent still count")(
    Told(
        broken_rafts.majority_of_the_answers,
        thinking="Whoever does not answer is down, so it does not count.",
        breaks="A majority is counted in the full cluster, not among those who answer (§5.2).",
    )
)


@wrong("V14c", "2.1", LEADER_ELECTED, case="just over half is a majority")
@thinking("To be safe, everybody should agree.")
@breaks("A majority is enough, so that a minority may fail (§5.2).")
def everybody(granted: int, refused: int, servers: int) -> bool:
    """Safe, and useless: one server that is down stops every election."""
    return granted == servers


@wrong("V14d", "2.1", CONTRACT, case="just over half is a majority")
@thinking("A majority is half and one more.")
@breaks("A majority is more than half; more than needed is enough, too (§5.2).")
def exactly_one_more(granted: int, refused: int, servers: int) -> bool:
    return granted == servers // 2 + 1


@odd("O1", "2.1", style="multiplies instead of dividing")
def twice_the_votes(granted: int, refused: int, servers: int) -> bool:
    return 2 * granted > servers


@odd("O2", "2.1", style="compares with the rest")
def enough_left_over(granted: int, refused: int, servers: int) -> bool:
    others = servers - granted
    return others < granted


# 2.2 Whose log is up to date? -------------------------------------------------------------


@wrong("V7", "2.2", LEADER_COMPLETENESS, case="a later last term wins, even with a shorter log")
@thinking("The longer log knows more.")
@breaks("The later last term decides first (§5.4.1).")
def longer_log(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """An old leader with many uncommitted entries beats servers that hold committed ones."""
    return last_log_index >= own_last_log_index


@wrong("V8", "2.2", LEADER_COMPLETENESS, case="an earlier last term loses, even with a longer log")
@thinking("Compare the lengths, and let the term break ties.")
@breaks("The later last term decides first (§5.4.1).")
def length_before_term(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """Differs from `longer_log` only where lengths are equal, and is as unsafe elsewhere."""
    if last_log_index != own_last_log_index:
        return last_log_index > own_last_log_index
    return last_log_term >= own_last_log_term


@wrong("V9", "2.2", LEADER_ELECTED, case="an equal log is up-to-date enough")
@thinking("Up-to-date means newer than mine.")
@breaks("At least as up-to-date is enough (§5.4.1).")
def strictly_newer(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """In a new cluster all logs are empty, so nobody ever gets a vote."""
    return (last_log_term, last_log_index) > (own_last_log_term, own_last_log_index)


@wrong("V8b", "2.2", LEADER_ELECTED, case="a later last term wins, even with a shorter log")
@thinking("Both the term and the index must be at least mine.")
@breaks("With a later last term the length does not matter (§5.4.1).")
def both_at_least(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """Refuses rightful leaders, until in a cluster with unlike logs nobody can win."""
    return last_log_term >= own_last_log_term and last_log_index >= own_last_log_index


@wrong("V7b", "2.2", LEADER_COMPLETENESS, case="with equal last terms the longer log wins")
@thinking("The term says it all.")
@breaks("With equal last terms the longer log is more up-to-date (§5.4.1).")
def term_alone(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    """A server that missed the last entries of a term can win and overwrite them."""
    return last_log_term >= own_last_log_term


@odd("O3", "2.2", style="one comparison a line")
def step_by_step(
    last_log_term: int, last_log_index: int, own_last_log_term: int, own_last_log_index: int
) -> bool:
    if last_log_term > own_last_log_term:
        return True
    if last_log_term < own_last_log_term:
        return False
    return not last_log_index < own_last_log_index
