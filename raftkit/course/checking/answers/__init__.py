"""Whether what a student's function returned can be an answer at all."""

from raftkit.course.checking.answers.reading import read_answer, reading

__all__ = ["read_answer", "reading"]
