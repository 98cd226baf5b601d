"""`Result`: what a check found, with a text, an HTML and a JSON form.

The terminal, the notebook, the grader and the feedback page all show this value. How it
was found is not known here.
"""

import os
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from raftkit.course.errors import StudentError
from raftkit.course.exercise import Exercise
from raftkit.simulator import History, InvariantViolation
from raftkit.views import Picture, space_time
from raftkit.views.picture import FOLLOW_JUPYTER

Status = Literal["full", "partial", "not started", "error"]
Outcome = Literal["passed", "failed", "not reached"]

BUT = "But"  # the label of an error, in contrast to a wrong value
RECORDS_DRAWN = 60  # at the end of a long run

_WIDTH = 62  # characters; narrow enough for a notebook's output beside its margin
_MARKS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "not reached": "·"}
# Dark enough for white pages and bright enough for black ones; the marks say the same.
_COLOURS: dict[Outcome, str] = {
    "passed": "var(--jp-success-color1, #2e7d32)",
    "failed": "var(--jp-error-color1, #c62828)",
    "not reached": "inherit",
}


@dataclass(frozen=True)
class CaseResult:
    """The outcome of one case, or of one of the later rungs.

    `lines` explain a failure, each a label ("Called", "Why") and a text. `program` repeats it if
    the case has a program of its own, and `history` is the run that failed, if there was one.
    `error` is set if the answer to the failing call was no value at all.
    """

    name: str
    points: int
    outcome: Outcome
    lines: tuple[tuple[str, str], ...] = ()
    picture: Picture | None = None
    program: str = ""
    history: History | None = field(default=None, compare=False)
    error: StudentError | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """The name, after "not tried yet" if no line says why that is so."""
        untold = self.outcome == "not reached" and not self.lines
        return f"not tried yet: {self.name}" if untold else self.name

    @property
    def earned(self) -> int:
        """The points earned by this case."""
        return self.points if self.outcome == "passed" else 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "name": self.name,
            "points": self.earned,
            "max_points": self.points,
            "outcome": self.outcome,
            "lines": [list(line) for line in self.lines],
        }


@dataclass(frozen=True)
class Result:
    """The result of checking one exercise; `message` comes instead of cases, or before them.

    `program` is a few lines of Python that repeat the failing run, if there is one.
    """

    exercise: Exercise
    status: Status
    cases: tuple[CaseResult, ...] = ()
    message: str = ""
    program: str = ""
    picture: Picture | None = None

    @property
    def points(self) -> int:
        """The points earned."""
        return sum(case.earned for case in self.cases)

    @property
    def max_points(self) -> int:
        """The points that can be earned."""
        return self.exercise.points

    @property
    def mark(self) -> str:
        """✓, ✗, or ○ for an exercise that is not started."""
        return {"full": "✓", "not started": "○"}.get(self.status, "✗")

    @property
    def score(self) -> str:
        """The points in words."""
        return f"{self.points} of {self.max_points} points"

    @property
    def heading(self) -> str:
        """The mark, the number and the title."""
        return f"{self.mark} {self.exercise.id} {self.exercise.title}"

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What a student may call next."""
        id = self.exercise.id
        if self.status == "full":
            return (f'reveal("{id}")',)
        return (f'hint("{id}")', f'replay("{id}")') if self.program else (f'hint("{id}")',)

    def __str__(self) -> str:
        """The result for a terminal: heading, message, a line a case, and what to call next."""
        lines = [f"{self.heading:<{_WIDTH - 14}}{self.score:>16}"]
        if self.message:
            lines += [f"  {line}" for line in self.message.splitlines()]
        for case in self.cases:
            lines.append(
                f"  {_MARKS[case.outcome]} {case.title:<{_WIDTH - 6}}{case.earned or '':>4}"
            )
            for label, text in case.lines:
                lines += _labelled(label, text)
        lines.append("  Next  " + "   ".join(self.next_steps))
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def to_html(self, next_label: str = "Next") -> str:
        """The result as an HTML fragment; `next_label` introduces what to call next."""
        parts = [
            '<div style="max-width:52em;line-height:1.5">',
            f"<div><strong>{escape(self.heading)}</strong> "
            f'<span style="float:right">{self.score}</span></div>',
        ]
        if self.message:
            parts.append(f'<pre style="white-space:pre-wrap">{escape(self.message)}</pre>')
        if self.picture is not None:
            parts.append(self.picture.to_html())
        parts += [_case_html(case) for case in self.cases]
        steps = " &nbsp; ".join(f"<code>{escape(step)}</code>" for step in self.next_steps)
        parts.append(
            f'<div style="margin-top:.4em">{escape(next_label)} &nbsp; {steps}</div></div>'
        )
        return "\n".join(parts)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """The forms for Jupyter; in a run of nbgrader's, the plain text is the number of points.

        nbgrader gives a check its full points unless it reads a number there.
        """
        plain = str(self.points) if os.environ.get("NBGRADER_EXECUTION") else str(self)
        return {"text/plain": plain, "text/html": FOLLOW_JUPYTER + self.to_html()}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data, without pictures."""
        return {
            "exercise": self.exercise.id,
            "title": self.exercise.title,
            "status": self.status,
            "points": self.points,
            "max_points": self.max_points,
            "message": self.message,
            "cases": [case.to_json() for case in self.cases],
            "program": self.program,
        }


def draw_end(history: History, violation: InvariantViolation | None) -> Picture:
    """The last records of a run, with the violation marked."""
    first = history.records[-RECORDS_DRAWN:][0].time if history.records else 0
    return space_time(history, first_ms=first / 1000, violation=violation)


def _labelled(label: str, text: str) -> list[str]:
    """A label with its text; further lines of the text are below its first line."""
    first, *rest = text.splitlines() or [""]
    return [f"      {label:<8} {first}"] + [f"               {line}" for line in rest]


def _case_html(case: CaseResult) -> str:
    """A case as HTML with inline styles, because a notebook has none of our style sheets."""
    earned = f" &nbsp; {case.earned}" if case.earned else ""
    parts = [
        f'<div style="margin-left:1em"><span style="color:{_COLOURS[case.outcome]};'
        f'font-weight:bold">{_MARKS[case.outcome]}</span> {escape(case.title)}{earned}'
    ]
    if case.lines:
        rows = "".join(
            '<tr style="background:none"><td style="text-align:left;vertical-align:top;'
            f'padding:0 1em 0 0"><em>{escape(label)}</em></td><td style="text-align:left;'
            f'white-space:pre-wrap">{escape(text)}</td></tr>'
            for label, text in case.lines
        )
        parts.append(f'<table style="margin:.2em 0 .4em 1.4em;border:0">{rows}</table>')
    if case.picture is not None:
        parts.append(case.picture.to_html())
    return "".join(parts) + "</div>"
