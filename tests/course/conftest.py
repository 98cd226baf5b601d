"""Checks without the search for a story, for tests that are about cases: it takes a second."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from raftkit.course.checking.story_search import Story


@contextmanager
def looking_for_no_story() -> Iterator[None]:
    """Within it, a check of a wrong answer looks for no run that shows what it leads to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "raftkit.course.checking.story_search.look_for_story",
            lambda *_: Story(None, runs=0, longest=0, states=0),
        )
        yield


@pytest.fixture
def no_story() -> Iterator[None]:
    """The same for a whole test."""
    with looking_for_no_story():
        yield
