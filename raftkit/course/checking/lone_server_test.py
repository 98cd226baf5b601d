"""The test of a lone server's small world, rule by rule, for the cases of a whole server.

All stories are lived once for a class of servers; each case reads off what they say of its rules.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from raftkit.course.checking.lone_server_picture import picture_of
from raftkit.course.checking.server_stages import NOT_ASKED, Finding
from raftkit.course.errors import StudentError, unusable_text
from raftkit.scenarios.small_world import (
    BrokenStory,
    Verdicts,
    ask_all,
    lives_of,
    story_as_program,
    story_in_words,
)
from raftkit.simulator.raft_system import MakeServer


@dataclass(frozen=True)
class LoneServerTest:
    """A rule of Figure 2 that a server can break alone (raftkit.scenarios.small_world)."""

    rule: str

    @property
    def names(self) -> tuple[str, ...]:
        """The rule."""
        return (self.rule,)

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The shortest story in which a rule is broken. Raises `StudentError` for an error there.

        The same stories are asked whatever the seed is: they are all that can happen.
        """
        verdicts = _verdicts(make_server)
        if self.rule in verdicts.broken:
            return _told(verdicts.broken[self.rule], make_server)
        return None if verdicts.is_asked(self.rule) else NOT_ASKED


# By class, because many cases ask for them; forgotten with the class.
_known: WeakKeyDictionary[Any, Verdicts | StudentError] = WeakKeyDictionary()


def _verdicts(make_server: MakeServer) -> Verdicts:
    """What all stories say of a class of servers. Raises `StudentError` if it cannot be asked."""
    found = _known.get(make_server)
    if found is None:
        live_all = getattr(make_server, "live_all", partial(lives_of, make_server))
        try:
            found = ask_all(live_all)
        except StudentError as error:
            found = error
        _known[make_server] = found
    if isinstance(found, StudentError):
        raise found
    return found


def _told(broken: BrokenStory, make_server: MakeServer) -> Finding:
    """A broken story as a finding; an error of the server is noted where it looks for errors."""
    tried = ("Tried", story_in_words(broken.story))
    again = story_as_program(broken.story)
    if broken.complaint is not None:
        lines = (tried, ("Found", broken.complaint.found), ("Why", broken.complaint.why))
        return Finding(lines, picture_of(broken), again)
    error = broken.error
    if not isinstance(error, StudentError):
        error = StudentError("raised", unusable_text(error) if error else "It did not answer.")
    if hasattr(make_server, "error"):
        make_server.error = error
    return Finding((tried, ("Found", error.text)), picture_of(broken), again)
