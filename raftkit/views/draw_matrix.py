"""`draw_matrix`: a kill matrix with answers as rows, checks as columns, and a sign for each pair.

Signs differ in shape, so that nobody has to see colours. It shows no times, so that the same
matrix always gives the same picture. It does not know what is checked.
"""

from collections.abc import Sequence
from itertools import pairwise

from raftkit.views.matrix_table import (
    SIGNS,
    WORDS,
    Mark,
    MatrixColumn,
    MatrixGroup,
    MatrixRow,
    matrix_text,
    totals_of,
)
from raftkit.views.palette import BLUE, BORDER, FAINT, INK, NO_TERM, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import (
    Point,
    circle,
    group,
    line,
    number,
    rect,
    shortened,
    text,
    width_of,
)
from raftkit.views.symbols import cross
from raftkit.views.titled_picture import WIDEST, titled_picture

_MARGIN = 20.0
_PITCH = 28.0  # of columns
_GAP = 12.0  # between families of columns
_ROW = 19.0
_HEAD = 34.0  # the height of a group's title
_SIZE = 11.5
_WORDS = 58  # characters of an answer's description, fewer beside many columns
_WORDS_LEAST = 16
_SLANT = -55  # degrees; vertical names of columns would be hard to read


def draw_matrix(
    columns: Sequence[MatrixColumn],
    groups: Sequence[MatrixGroup],
    title: str = "Which check catches which wrong answer",
) -> Picture:
    """Draw a matrix with its groups in order, and the totals of its columns.

    Raises ValueError without columns or rows, or if a row does not have a mark for each column.

    >>> row = MatrixRow("V1", "Yes to all.", ("meant", "missed"))
    >>> columns = [MatrixColumn("cases", "ca"), MatrixColumn("MIT 3A", "3A", family="MIT")]
    >>> draw_matrix(columns, [MatrixGroup("Votes", (row,))]).alt
    'Which check catches which wrong answer. 1 wrong answer: cases caught 1 of 1, MIT 3A 0 of 1.'
    """
    rows = [row for each in groups for row in each.rows]
    if not columns or not rows:
        raise ValueError("a matrix needs at least one column and one row")
    if any(len(row.marks) != len(columns) for row in rows):
        raise ValueError("each row needs a mark for each column")
    alt = f"{title}. {_summary(columns, groups)}"
    return Picture(_Drawing(columns, groups, title, alt).svg, alt,
                   f"{alt}\n\n{matrix_text(columns, groups)}")  # fmt: skip


def _summary(columns: Sequence[MatrixColumn], groups: Sequence[MatrixGroup]) -> str:
    """The totals in one sentence, and in another how many right answers a check touched."""
    wrong = sum(len(each.rows) for each in groups if not each.right)
    right = [row for each in groups if each.right for row in each.rows]
    totals = [
        f"{column.name} {'' if place else 'caught '}{caught} of {tried}"
        for place, (column, (caught, tried)) in enumerate(
            zip(columns, totals_of(columns, groups), strict=True)
        )
    ]
    said = f"{wrong} wrong {'answer' if wrong == 1 else 'answers'}: {', '.join(totals)}."
    if right:
        touched = sum("escaped" in row.marks for row in right)
        kind = "one" if len(right) == 1 else "ones"
        said += f" Of {len(right)} right {kind}, {touched or 'none'} touched."
    return said


class _Drawing:
    """The geometry of one matrix, and its drawing from top to bottom."""

    def __init__(
        self,
        columns: Sequence[MatrixColumn],
        groups: Sequence[MatrixGroup],
        title: str,
        alt: str,
    ) -> None:
        self._columns = columns
        self._groups = groups
        rows = [row for each in groups for row in each.rows]
        self._ids = max(width_of(row.id, _SIZE, bold=True) for row in rows) + 10
        names = max(width_of(column.name, _SIZE) for column in columns)
        # The slanted names reach beyond the last column.
        beyond = names * 0.58
        self._length = self._length_of_words(WIDEST - beyond)
        words = max(width_of(shortened(row.words, self._length), _SIZE) for row in rows)
        self._left = max(_MARGIN + self._ids + words + 10, 240.0)
        self._xs = self._places()
        self._right = self._xs[-1] + _PITCH / 2 + 4
        self._top = 62 + names * 0.82
        self._width = max(self._right + beyond, 620.0)
        body, height = self._body()
        self.svg = titled_picture(self._width, height, body, title, alt)

    def _length_of_words(self, right: float) -> int:
        """How many characters of a description have room if the last column ends at `right`."""
        families = sum(a.family != b.family for a, b in pairwise(self._columns))
        columns = len(self._columns) * _PITCH + families * _GAP
        room = right - columns - _MARGIN - self._ids - 20
        return max(_WORDS_LEAST, min(_WORDS, int(room / (0.62 * _SIZE))))

    def _places(self) -> list[float]:
        """The middle of each column; a new family begins after a gap."""
        places = [self._left + _PITCH / 2]
        for before, column in pairwise(self._columns):
            gap = _GAP if column.family != before.family else 0.0
            places.append(places[-1] + _PITCH + gap)
        return places

    def _body(self) -> tuple[str, float]:
        """The whole drawing and its height."""
        parts = [self._names()]
        y = self._top
        for each in self._groups:
            parts.append(self._heading(each, y))
            y += _HEAD
            for place, row in enumerate(each.rows):
                parts.append(self._row(row, y, shaded=place % 2 == 0))
                y += _ROW
        parts.append(self._totals(y + 12))
        parts.append(self._key(y + 78))
        return "".join(parts), y + 78 + 22 * ((len(SIGNS) + 1) // 2) + 6

    def _names(self) -> str:
        """The columns' names, slanted."""
        parts = []
        for x, column in zip(self._xs, self._columns, strict=True):
            turn = f"rotate({_SLANT} {number(x)} {number(self._top - 4)})"
            parts.append(text((x + 2, self._top), column.name, _SIZE, transform=turn))
        return "".join(parts)

    def _heading(self, each: MatrixGroup, y: float) -> str:
        """A group's title, and the columns' letters again, for a reader who has scrolled down."""
        rule = line((_MARGIN, y + 26), (self._right, y + 26), stroke=INK, stroke_width=1.2)
        room = int((self._left - _MARGIN) / (13 * 0.62 * 1.15))
        title = text((_MARGIN, y + 20), shortened(each.title, room), 13, bold=True)
        letters = [
            text((x, y + 20), column.letters, 10, anchor="middle", fill=QUIET)
            for x, column in zip(self._xs, self._columns, strict=True)
        ]
        return title + rule + "".join(letters)

    def _row(self, row: MatrixRow, y: float, shaded: bool) -> str:
        """An answer: its id, its description, and a sign in each column."""
        middle = y + _ROW / 2
        ground = rect(
            _MARGIN - 4, y, self._right - _MARGIN + 4, _ROW, fill=NO_TERM if shaded else PAPER,
            fill_opacity=0.5,
        )  # fmt: skip
        parts = [
            ground,
            text((_MARGIN, middle + 4), row.id, _SIZE, bold=True),
            text(
                (_MARGIN + self._ids, middle + 4),
                shortened(row.words, self._length),
                _SIZE,
                fill=QUIET,
            ),
        ]
        for x, mark in zip(self._xs, row.marks, strict=True):
            parts.append(_sign((x, middle), mark))
        return group(*parts, title=row.in_words(self._columns), class_="answer")

    def _totals(self, y: float) -> str:
        """Below each column the numbers of wrong answers that it caught, and was tried on."""
        parts = [line((_MARGIN, y), (self._right, y), stroke=INK, stroke_width=1.2)]
        for words, below in (("caught", 20), ("of wrong answers tried", 36)):
            parts.append(text((_MARGIN, y + below), words, _SIZE, bold=below == 20))
        for x, (caught, tried) in zip(
            self._xs, totals_of(self._columns, self._groups), strict=True
        ):
            parts.append(text((x, y + 20), str(caught), _SIZE, anchor="middle", bold=True))
            parts.append(text((x, y + 36), str(tried), _SIZE, anchor="middle", fill=QUIET))
        return "".join(parts)

    def _key(self, y: float) -> str:
        """The meanings of the signs, in two columns."""
        parts = [line((_MARGIN, y - 16), (self._right, y - 16), stroke=BORDER, stroke_width=1)]
        for place, (mark, words) in enumerate(WORDS.items()):
            x = _MARGIN + 8 + (place % 2) * 250
            middle = y + 22 * (place // 2)
            parts.append(_sign((x, middle), mark))
            said = words if mark != "missed" else f"{words}: an empty place"
            parts.append(text((x + 16, middle + 4), said, _SIZE, fill=QUIET))
        return "".join(parts)


def _sign(at: Point, mark: Mark) -> str:
    """The sign of a mark: a disc, a ring, nothing, a cross or a dash."""
    x, y = at
    if mark == "meant":
        return circle(at, 5.4, fill=BLUE, stroke=INK, stroke_width=0.8)
    if mark == "caught":
        return circle(at, 4.6, fill=PAPER, stroke=BLUE, stroke_width=2)
    if mark == "escaped":
        return cross(at, 4.6)
    if mark == "untried":
        return line((x - 4, y), (x + 4, y), stroke=FAINT, stroke_width=1.4)
    return ""
