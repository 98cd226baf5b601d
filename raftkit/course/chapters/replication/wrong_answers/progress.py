"""Wrong answers about nextIndex and matchIndex, what a leader knows about followers (§5.3).

Responses come late, twice, and from older terms; these rules believe the wrong ones, or none.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_COMPLETENESS,
    WASTED_WORK,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesResponse, Progress, Standing

WRONG = WrongAnswers()
wrong = WRONG.answer


# After an election ------------------------------------------------------------------------


@wrong("L17", "3.7", COMMANDS_COMMITTED, case="forgets where it stopped")
@thinking("I know from my last term how far each follower is.")
@breaks("nextIndex and matchIndex are reinitialized after election (Figure 2, State).")
def remembers_where_it_stopped(last_log_index: int, earlier: Progress | None) -> Progress:
    """Logs have changed since: the follower is never repaired, or nextIndex is beyond the log."""
    return earlier or Progress(last_log_index + 1, 0)


@wrong("L17b", "3.7", LEADER_COMPLETENESS, case="forgets what matched")
@thinking("What a follower has acknowledged once stays acknowledged.")
@breaks("matchIndex is 0 again after each election (Figure 2, State: volatile on leaders).")
def remembers_what_matched(last_log_index: int, earlier: Progress | None) -> Progress:
    """A leader in between has replaced those entries, so copies are counted that do not exist."""
    match_index = earlier.match_index if earlier else 0
    return Progress(last_log_index + 1, match_index)


@wrong("L41", "3.7", COMMANDS_COMMITTED, case="nothing matches yet")
@thinking("matchIndex is always one less than nextIndex.")
@breaks("matchIndex starts at 0, however long the log is (Figure 2, State).")
def matches_from_the_start(last_log_index: int, earlier: Progress | None) -> Progress:
    """It never sends entries before the end of its log, which a follower may lack."""
    return Progress(last_log_index + 1, last_log_index)


@wrong("L56", "3.7", WASTED_WORK, case="sending begins just behind the leader's end")
@thinking("It has as many entries as I do, so that is where it goes on.")
@breaks("nextIndex starts at the last index + 1 (Figure 2, State).")
def begins_with_its_last(last_log_index: int, earlier: Progress | None) -> Progress:
    """The last entry is sent once more, and an empty log has no entry 0."""
    return Progress(last_log_index, 0)


# After a success --------------------------------------------------------------------------


@wrong("L12", "3.6", WASTED_WORK, case="a late answer or a copy takes nothing back")
@thinking("The answer that has just arrived is the latest news.")
@breaks("matchIndex increases monotonically (Figure 2, State: volatile on leaders).")
def believes_the_latest_arrival(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """A late answer takes matchIndex back, and with it a majority."""
    if response.term != standing.current_term:
        return progress
    match_index = response.match_index
    return Progress(match_index + 1, match_index)


@wrong("L30", "3.6", COMMANDS_COMMITTED, case="a success raises match_index")
@thinking("To be safe I take the smaller of the two.")
@breaks("A success raises matchIndex to the last entry it covers (§5.3; Figure 2, Leaders).")
def takes_the_smaller(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """matchIndex starts at 0, which is always the smaller, so nothing is committed."""
    if response.term != standing.current_term:
        return progress
    match_index = min(progress.match_index, response.match_index)
    return Progress(match_index + 1, match_index)


@wrong("L33", "3.6", LEADER_COMPLETENESS, case="an answer of an older term counts for nothing")
@thinking("A success is a success, whenever I asked.")
@breaks("What was acknowledged in an older term may be replaced by now (§5.1, §5.3).")
def counts_old_successes(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The follower had those entries once; the leader counts them among today's copies."""
    match_index = max(progress.match_index, response.match_index)
    return Progress(match_index + 1, match_index)


@wrong("L34", "3.6", WASTED_WORK, case="next_index goes on behind it")
@thinking("matchIndex says how far the follower is; nextIndex was just for the first try.")
@breaks("A success moves nextIndex as well (§5.3; Figure 2, Leaders).")
def leaves_next_index(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Everything since the election goes out again with each heartbeat."""
    if response.term != standing.current_term or response.match_index <= progress.match_index:
        return progress
    return Progress(progress.next_index, response.match_index)
