"""Notebook 07: a whole Raft.

An answer is a class of servers, which climbs stage after stage (Figure 2).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="07_capstone",
    title="A whole Raft",
    section="Figure 2, §5",
    sees="your own server elected, cut off, crashed and brought back",
    writes="the whole server: elections, replication, crashes",
)

EXERCISES = (
    Exercise(
        title="A whole Raft",
        answer="Raft",
        section="Figure 2, §5",
        minutes=360,
        hints=(
            "Which lines of Figure 2 begin with “On” or “If”? Each is a branch of `handle`. Which "
            "of them hold whatever the event is, and so belong before or after all branches?",
            "Figure 2, All servers: adopt a higher term before you look at a message any "
            "further; apply what is committed after it. State: write what has changed before "
            "anything is sent.",
            "`handle`: a new `Effects`; if `event.term` is higher, become follower with no vote; "
            "one method an event; then apply up to commit_index; then compare `Persistent(...)` "
            "with what was written last, and write it if it differs.",
        ),
    ),
)
