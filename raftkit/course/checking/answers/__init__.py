"""Whether a value that a student's function returned has the form of an answer."""

from raftkit.course.checking.answers.answer_form import read_answer, with_typed_answers

__all__ = ["read_answer", "with_typed_answers"]
