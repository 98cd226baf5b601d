"""What a lint finding is, and the seven kinds of findings.

A kind is a title for people, and the name by which a wrong answer says what must be found. The
sentence says what was seen, on which question, and what a rule or server may do instead.
"""

from dataclasses import dataclass
from typing import Final

READS_A_CLOCK: Final = "reads a clock or draws a number"
KEEPS_STATE_OUTSIDE: Final = "keeps state outside"
GIVES_TWO_ANSWERS: Final = "gives two answers to one question"
CHANGES_WHAT_IT_IS_GIVEN: Final = "changes what it is given"
CHANGES_WHAT_IT_HAS_GIVEN: Final = "changes what it has given away"
TOUCHES_ANOTHER_SERVER: Final = "touches another server"
COMPARES_BY_IDENTITY: Final = "compares by identity"

# In the order in which they are looked for: an earlier kind often causes a later one.
KINDS: Final = (
    READS_A_CLOCK,
    KEEPS_STATE_OUTSIDE,
    CHANGES_WHAT_IT_IS_GIVEN,
    CHANGES_WHAT_IT_HAS_GIVEN,
    TOUCHES_ANOTHER_SERVER,
    GIVES_TWO_ANSWERS,
    COMPARES_BY_IDENTITY,
)


@dataclass(frozen=True)
class LintFinding:
    """Something that no rule or server may do, whether or not it has done harm yet.

    `kind` is one of `KINDS`, `subject` is the name of the rule or of the server's class, and
    `sentence` says where it shows first.
    """

    kind: str
    subject: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence
