"""Notebook 05: what survives a crash, and what must not be said before.

What is written, what waits for the disk, and what a server knows after a restart (Figure 2, State).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="05_crash_and_storage",
    title="Crash and storage",
    section="Figure 2 (State), §5.2",
    sees="a server that dies between a write and an answer, and two leaders after a lost vote",
    writes="what goes to the disk, what waits for it, what a restart begins with, what may be said",
)

EXERCISES = (
    Exercise(
        title="What goes to the disk?",
        answer="writes_needed",
        section="Figure 2, State",
        minutes=8,
        hints=(
            "Which three values would make a liar of a server that forgot them? And what if it "
            "dies between two writes?",
            "Persistent state on all servers, updated on stable storage before responding to RPCs: "
            "currentTerm, votedFor, log[] (Figure 2, State).",
            "If `in_memory == on_disk` there is nothing to write: `()`. Otherwise one atomic write "
            "of everything: `(in_memory,)`, with the comma.",
        ),
    ),
    Exercise(
        title="First write, then speak",
        answer="waits_for_disk",
        section="Figure 2, State",
        minutes=5,
        hints=(
            "Imagine that the server dies right after the message has left, and its last write is "
            "lost. Which messages would have been lies?",
            "Figure 2 updates stable storage before responding to RPCs. A candidate's request and "
            "a leader's entries make a claim about their sender, too.",
            "All four kinds of message may rest on a write of the same step. The simplest right "
            "answer does not look at the message.",
        ),
    ),
    Exercise(
        title="After the crash",
        answer="restart",
        section="Figure 2, State; §5.2",
        minutes=6,
        hints=(
            "Go through Figure 2's box State, line by line: what is on the disk, and what was in "
            "memory only?",
            "commitIndex and lastApplied are volatile and initialized to 0. Servers start up as "
            "followers (§5.2).",
            "`Restarted(Standing('follower', persistent.current_term, persistent.voted_for), 0, "
            "0)`: term and vote from the disk, all else anew.",
        ),
    ),
    Exercise(
        title="Would it still be true?",
        answer="keeps_its_word",
        section="Figure 2, State",
        minutes=10,
        hints=(
            "What does each kind of message claim about its sender? Where on the disk would you "
            "look for it?",
            "A vote: currentTerm and votedFor, a candidate's own as well. An acknowledgement: the "
            "log up to matchIndex. A leader's entries: its own log. A refusal: nothing.",
            "`isinstance(message, RequestVoteResponse)` and `message.vote_granted`: "
            "`(durable.current_term, durable.voted_for) == (message.term, message.target)`. "
            "Entries end at `message.prev_log_index + len(message.entries)`.",
        ),
    ),
)
