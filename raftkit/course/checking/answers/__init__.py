"""Whether a value that a student's function returned has the form of an answer."""

from raftkit.course.checking.answers.answer_form import TypedAnswers, read_answer, to_all

__all__ = ["TypedAnswers", "read_answer", "to_all"]
