"""The rows, columns and marks of a kill matrix, and the matrix as plain text.

It owns the marks, their signs and their meanings in words. It does not know what is checked,
nor how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from raftkit.views.svg import shortened

# "meant": the check meant for this answer caught it; "caught": another check caught it; "missed":
# another check did not; "escaped": the check meant for it did not; "untried": it does not apply.
Mark = Literal["meant", "caught", "missed", "escaped", "untried"]

SIGNS: Final[Mapping[Mark, str]] = {
    "meant": "●", "caught": "○", "missed": "·", "escaped": "✗", "untried": "–"
}  # fmt: skip
WORDS: Final[Mapping[Mark, str]] = {
    "meant": "caught by the check meant for it",
    "caught": "caught too",
    "missed": "missed",
    "escaped": "not as it should be",
    "untried": "does not apply",
}
_WIDTH: Final = 100  # characters of a terminal


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A column: its name, and two letters as a short form; a gap separates two families."""

    name: str
    letters: str
    family: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row: its id, its description, and a mark for each column."""

    id: str
    words: str
    marks: tuple[Mark, ...]

    def in_words(self, columns: Sequence[MatrixColumn]) -> str:
        """The row in sentences: the columns of each mark.

        >>> MatrixRow("V1", "Yes to all.", ("meant", "missed")).in_words(
        ...     [MatrixColumn("cases", "ca"), MatrixColumn("MIT 3A", "3A")])
        'V1: Yes to all. Caught by the check meant for it: cases. Missed: MIT 3A.'
        """
        sentences = [f"{self.id}: {self.words}"]
        for mark, words in WORDS.items():
            names = [c.name for c, own in zip(columns, self.marks, strict=True) if own == mark]
            if names:
                sentences.append(f"{words.capitalize()}: {', '.join(names)}.")
        return " ".join(sentences)


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    """Rows that belong together; those of right answers do not count in the totals."""

    title: str
    rows: tuple[MatrixRow, ...]
    right: bool = False


def totals_of(
    columns: Sequence[MatrixColumn], groups: Sequence[MatrixGroup]
) -> list[tuple[int, int]]:
    """For each column the numbers of wrong answers that it caught, and that it was tried on."""
    marks = [row.marks for group in groups if not group.right for row in group.rows]
    return [
        (
            sum(row[place] in ("meant", "caught") for row in marks),
            sum(row[place] != "untried" for row in marks),
        )
        for place in range(len(columns))
    ]


def matrix_text(columns: Sequence[MatrixColumn], groups: Sequence[MatrixGroup]) -> str:
    """The matrix as text of 100 characters a line: its rows, and then its columns' totals.

    >>> row = MatrixRow("V1", "Yes to all.", ("meant", "missed"))
    >>> columns = [MatrixColumn("cases", "ca"), MatrixColumn("MIT 3A", "3A")]
    >>> print(matrix_text(columns, [MatrixGroup("Votes", (row,))]))
    Votes
            ca 3A
    V1      ●  ·   Yes to all.
    <BLANKLINE>
    ca  cases             caught 1 of 1
    3A  MIT 3A            caught 0 of 1
    <BLANKLINE>
    ● caught by the check meant for it   ○ caught too   · missed   ✗ not as it should be
    – does not apply
    """
    indent = max([8, *(len(row.id) + 2 for group in groups for row in group.rows)])
    lines: list[str] = []
    for group in groups:
        heading = " ".join(column.letters.ljust(2) for column in columns)
        lines += [group.title, f"{'':<{indent}}{heading}".rstrip()]
        for row in group.rows:
            signs = " ".join(SIGNS[mark].ljust(2) for mark in row.marks)
            start = f"{row.id:<{indent}}{signs}  "
            lines.append(start + shortened(row.words, max(_WIDTH - len(start), 12)))
        lines.append("")
    for column, (caught, tried) in zip(columns, totals_of(columns, groups), strict=True):
        lines.append(f"{column.letters:<4}{column.name:<18}caught {caught} of {tried}")
    legend = [f"{SIGNS[mark]} {WORDS[mark]}" for mark in SIGNS]
    return "\n".join([*lines, "", "   ".join(legend[:4]), legend[4]])
