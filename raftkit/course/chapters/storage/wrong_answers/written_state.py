"""Answers about what a server writes (Figure 2, State): its term, its vote, its log.

Each leaves something out, or writes it too late or in two parts.
"""

from dataclasses import replace

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    CONTRACT,
    ELECTION_SAFETY,
    LEADER_COMPLETENESS,
    LEADER_ELECTED,
    ONE_VOTE_PER_TERM,
    ONLY_FORWARDS,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import Persistent, Server, writes_needed

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"
Writes = tuple[Persistent, ...]


# What is written --------------------------------------------------------------------------


wrong("P1", "5.1", ONE_VOTE_PER_TERM, case="writes a vote down")(
    Told(
        broken_rafts.vote_in_memory_only,
        thinking="Term and log are what counts; I will see whom I vote for.",
        breaks="votedFor is persistent (Figure 2, State).",
    )
)


@wrong("P2", "5.1", ONE_VOTE_PER_TERM, case="writes a new term down, voted in or only heard of")
@thinking("I will hear the term from the others soon enough.")
@breaks("currentTerm is persistent (Figure 2, State).")
def term_in_memory_only(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """After a restart the term seems new, and the server votes in it again."""
    return writes_needed(on_disk, replace(in_memory, current_term=0))


@wrong("P5", "5.1", ONLY_FORWARDS, case="writes a new term down, voted in or only heard of")
@thinking("A term in which I have neither voted nor stored anything is not worth a write.")
@breaks("currentTerm is on the disk before an RPC is answered (Figure 2, State).")
def term_with_the_next_vote(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """It has told others of a term, and after a restart it obeys a leader of an older one."""
    if in_memory.voted_for is None and in_memory.log == on_disk.log:
        return ()
    return writes_needed(on_disk, in_memory)


@wrong("P7", "5.1", ONE_VOTE_PER_TERM, case="no crash leaves a half of it")
@thinking("One file for the vote, one for the term: two small writes.")
@breaks("Term and vote change together (§5.2; Figure 2, State).")
def vote_and_then_term(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """A crash between the two leaves the new vote in the old term, where it voted before."""
    half = replace(in_memory, current_term=on_disk.current_term)
    return (half, in_memory) if half != in_memory else writes_needed(on_disk, in_memory)


@wrong("P11", "5.1", LEADER_ELECTED, case="a new term has no vote on the disk")
@thinking("There is nothing to write down about a vote that I have not given.")
@breaks("A new term begins without a vote, also on the disk (§5.1; Figure 2, State).")
def old_vote_stays(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """After a restart the vote of an older term blocks the new one: that election is lost."""
    vote = in_memory.voted_for or on_disk.voted_for
    return writes_needed(on_disk, replace(in_memory, voted_for=vote))


@wrong("P12", "5.1", LEADER_COMPLETENESS, case="writes new entries")
@thinking("The log is long, and the others have it too.")
@breaks("The log is persistent (Figure 2, State).")
def log_in_memory_only(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """If a majority restarts, what it had acknowledged is gone for ever."""
    return writes_needed(on_disk, replace(in_memory, log=on_disk.log))


@wrong("P13", "5.1", LEADER_COMPLETENESS, case="entries that were replaced are gone from the disk")
@thinking("A log file is append-only, so I write the entries after its end.")
@breaks("What a conflict deletes is deleted from stable storage (Figure 2, AppendEntries 3).")
def appends_to_the_file(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """Entries of a former leader come back after a restart, in place of committed ones."""
    log = on_disk.log.extend(in_memory.log.entries(on_disk.log.last_index + 1))
    return writes_needed(on_disk, replace(in_memory, log=log))


@wrong("P24", "5.1", LEADER_COMPLETENESS, case="entries that were replaced are gone from the disk")
@thinking("If the log is as long as before, there is nothing new to write.")
@breaks("Entries that replace others are as new as any (Figure 2, AppendEntries 3 and 4).")
def compares_lengths(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """One entry in place of another: as long a log, acknowledged, and not on the disk."""
    if in_memory.log.last_index != on_disk.log.last_index:
        return (in_memory,)
    return writes_needed(on_disk, replace(in_memory, log=on_disk.log))


@wrong("P32", "5.1", CONTRACT, case="writes nothing if nothing has changed")
@thinking("Writing once more can do no harm.")
@breaks("Persistent state is updated; what has not changed needs no write (Figure 2, State).")
def writes_it_again(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """Every heartbeat costs a write, and every answer waits for it."""
    return (in_memory,)


@wrong("P33", "5.1", CONTRACT, case="no crash leaves a half of it")
@thinking("Entries are the large part, so they go first; term and vote follow at once.")
@breaks("A higher term is adopted before its entries are stored (§5.1; Figure 2, State).")
def the_log_goes_first(on_disk: Persistent, in_memory: Persistent) -> Writes:
    """A crash between the two leaves entries of a term that the server has never entered."""
    half = replace(on_disk, log=in_memory.log)
    return (half, in_memory) if half != in_memory else writes_needed(on_disk, in_memory)


@wrong(
    "P14", "raftkit commits", LEADER_COMPLETENESS, case="What was answered survives a crash of all"
)
@thinking("Only committed entries have to survive, so I write them when they are committed.")
@breaks("Entries are durable before they are acknowledged (§5.3; Figure 2, State).")
class WritesWhatIsCommitted(Server):
    """A majority has acknowledged from memory, and after a crash no server has the entry."""

    def persist(self) -> None:
        standing, log = self.standing, self.log.prefix(self.commit_index)
        self.effects.writes = writes_needed(
            self.on_disk, Persistent(standing.current_term, standing.voted_for, log)
        )
        self.on_disk = (self.on_disk, *self.effects.writes)[-1]


@wrong("P18", SUITE, ELECTION_SAFETY, case="the disk")
@thinking("I only write down whom I vote for; that I am for myself goes without saying.")
@breaks("A candidate votes for itself, and votedFor is persistent (§5.2; Figure 2, State).")
class ForgetsItsOwnVote(Server):
    """It wins a term, restarts, and votes for another candidate in the same term."""

    def persist(self) -> None:
        standing = self.standing
        vote = None if standing.voted_for == self.id else standing.voted_for
        self.effects.writes = writes_needed(
            self.on_disk, Persistent(standing.current_term, vote, self.log)
        )
        self.on_disk = (self.on_disk, *self.effects.writes)[-1]


@wrong("P25", SUITE, ONE_VOTE_PER_TERM, case="the disk")
@thinking("Disks are slow; I collect what is new and write it along with the next event.")
@breaks("State is on stable storage before an RPC is answered (Figure 2, State).")
class WritesWithTheNextEvent(Server):
    """What its last messages before a crash promised is always missing from its disk."""

    _later: Persistent | None = None

    def persist(self) -> None:
        standing = self.standing
        if self._later is not None:
            self.effects.writes = (self._later,)
            self.on_disk = self._later
        now = Persistent(standing.current_term, standing.voted_for, self.log)
        self._later = now if now != self.on_disk else None
