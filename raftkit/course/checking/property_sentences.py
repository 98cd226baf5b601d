"""A sentence for students about every property that a checker may find broken.

The names are those of Figure 3, of the properties that it rests on, and of the liveness bounds.
Feedback quotes the sentences.
"""

from raftkit.simulator import InvariantViolation

_SENTENCES = {
    "Election Safety": "at most one leader can be elected in a given term",
    "Leader Append-Only": "a leader never overwrites or deletes entries in its own log",
    "Log Matching": "logs that agree on one entry's index and term agree on all before it",
    "Leader Completeness": "an entry once committed is in the log of every later leader",
    "State Machine Safety": "no two servers apply different entries at the same index",
    "One Vote per Term": "a server votes for at most one candidate in a given term",
    "Only Forwards": "currentTerm, commitIndex and lastApplied never fall",
    "Role Transitions": "a role changes only along the arrows of Figure 4",
    "A Leader Is Elected": "a connected majority elects a leader before long",
    "A Leader Stays": "a leader that is well goes on leading, because it is heard in time",
    "Commands Get Committed": "a connected majority commits commands before long",
    "Linearizability": "clients are answered as if one server did their commands one by one",
    "Bounded Work": "servers come to rest, instead of keeping each other busy without end",
    "Clients Are Answered": "a connected majority answers its clients before long",
    "Every Event Is Answered": "a server takes every event that may come, and none stops it",
}


def in_words(violation: InvariantViolation) -> str:
    """The property's name, its section of the paper, and its sentence.

    >>> in_words(InvariantViolation("Election Safety", "§5.2", 0, 0, (), (), ""))
    'Election Safety (§5.2): at most one leader can be elected in a given term.'
    """
    sentence = sentence_of(violation.property)
    return f"{violation.property} ({violation.section}): {sentence}."


def sentence_of(property: str) -> str:
    """The sentence of a property, without a full stop.

    >>> sentence_of("One Vote per Term")
    'a server votes for at most one candidate in a given term'
    """
    return _SENTENCES[property]
