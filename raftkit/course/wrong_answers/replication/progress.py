"""Wrong answers about what a leader knows of its followers (§5.3): nextIndex and matchIndex.

Answers come late, twice, and from older terms; here some are believed all the same, or
none is.
"""

from raftkit.course.wrong_answers.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_COMPLETENESS,
    WASTED_WORK,
    WrongAnswer,
    wrong_in,
)
from raftkit.protocol import AppendEntriesResponse, Progress, Standing

WRONG: list[WrongAnswer] = []
wrong = wrong_in(WRONG)

SUITE = "raftkit logs"


# After an election ------------------------------------------------------------------------


@wrong(
    "L17",
    SUITE,
    rule="initial_progress",
    thinking="I know from my last term how far each follower is.",
    breaks="nextIndex and matchIndex are reinitialized after election (Figure 2, State).",
    violates=COMMANDS_COMMITTED,
    case="A new leadership searches from the end",
)
def remembers_where_it_stopped(last_log_index: int, earlier: Progress | None) -> Progress:
    """Logs have been cut in between: the follower is never repaired, or nextIndex is nowhere."""
    return earlier or Progress(last_log_index + 1, 0)


@wrong(
    "L17b",
    SUITE,
    rule="initial_progress",
    thinking="What a follower has acknowledged once stays acknowledged.",
    breaks="matchIndex is 0 again after each election (Figure 2, State: volatile on leaders).",
    violates=LEADER_COMPLETENESS,
    case="A new leadership begins without matches",
)
def remembers_what_matched(last_log_index: int, earlier: Progress | None) -> Progress:
    """A leader in between has replaced those entries, and copies are counted that do not exist."""
    match_index = earlier.match_index if earlier else 0
    return Progress(last_log_index + 1, match_index)


@wrong(
    "L41",
    SUITE,
    rule="initial_progress",
    thinking="matchIndex is always one less than nextIndex.",
    breaks="matchIndex starts at 0, however long the log is (Figure 2, State).",
    violates=COMMANDS_COMMITTED,
    case="Figure 7's followers are brought into line",
)
def matches_from_the_start(last_log_index: int, earlier: Progress | None) -> Progress:
    """It never looks further back than its own end, where a follower may have nothing."""
    return Progress(last_log_index + 1, last_log_index)


# After a success --------------------------------------------------------------------------


@wrong(
    "L12",
    SUITE,
    rule="advance_progress",
    thinking="The answer that has just arrived is the latest news.",
    breaks="matchIndex increases monotonically (Figure 2, State: volatile on leaders).",
    violates=WASTED_WORK,
    case="A late acknowledgement takes nothing back",
)
def believes_the_latest_arrival(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """An answer that was overtaken takes matchIndex back, and with it a majority."""
    if response.term != standing.current_term:
        return progress
    match_index = response.match_index
    return Progress(match_index + 1, match_index)


@wrong(
    "L30",
    SUITE,
    rule="advance_progress",
    thinking="To be safe I take the smaller of the two.",
    breaks="A success raises matchIndex to the last entry it covers (§5.3; Figure 2, Leaders).",
    violates=COMMANDS_COMMITTED,
    case="What is acknowledged is not sent again",
)
def takes_the_smaller(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """matchIndex starts at 0, so that is the smaller for ever, and nothing commits."""
    if response.term != standing.current_term:
        return progress
    match_index = min(progress.match_index, response.match_index)
    return Progress(match_index + 1, match_index)


@wrong(
    "L33",
    SUITE,
    rule="advance_progress",
    thinking="A success is a success, whenever I asked.",
    breaks="What was acknowledged in an older term may be replaced by now (§5.1, §5.3).",
    violates=LEADER_COMPLETENESS,
    case="An acknowledgement of an older term counts for nothing",
)
def counts_old_successes(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The follower had those entries once; the leader counts them among today's copies."""
    match_index = max(progress.match_index, response.match_index)
    return Progress(match_index + 1, match_index)


@wrong(
    "L34",
    SUITE,
    rule="advance_progress",
    thinking="matchIndex says how far the follower is; nextIndex was just for the first try.",
    breaks="A success moves nextIndex as well (§5.3; Figure 2, Leaders).",
    violates=WASTED_WORK,
    case="What is acknowledged is not sent again",
)
def leaves_next_index(
    standing: Standing, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """Everything since the election goes out again with each heartbeat."""
    if response.term != standing.current_term or response.match_index <= progress.match_index:
        return progress
    return Progress(progress.next_index, response.match_index)
