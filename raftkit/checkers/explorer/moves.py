"""Which transitions a state has, and what each one is.

They are found server by server: what one server may do next depends only on its own snapshot, the
messages to it and the budgets. So the transitions of that part of a state are computed once and
remembered. Each is a pair of numbers: the bits that flip, and the bits that are set whatever they
were.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from raftkit.checkers.explorer.behaviour import Behaviour, Outcome, Snapshot
from raftkit.checkers.explorer.bit_layout import Layout
from raftkit.checkers.explorer.path_states import PathState
from raftkit.checkers.explorer.search_actions import (
    Arrives,
    Commanded,
    Crashes,
    RunsOut,
    SearchAction,
    Torn,
    Vanishes,
)
from raftkit.checkers.explorer.symmetry import Question, Symmetry
from raftkit.protocol import ClientRequest, TimerFired

Change = tuple[int, int]


class Broken(Exception):
    """A step that breaks a property by itself, or raises an error."""

    def __init__(self, action: SearchAction, detail: str) -> None:
        super().__init__(detail)
        self.action = action
        self.detail = detail


class Moves:
    """The transitions of states; `commands_before` commands were proposed on the way to the start.

    With a `symmetry`, every answer of a server is also checked to be the same under all names.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        layout: Layout,
        commands_before: int = 0,
        symmetry: Symmetry | None = None,
    ) -> None:
        self.behaviour = behaviour
        self.layout = layout
        self.bounds = layout.bounds
        # In a parallel search, all processes must ask in one order: see parallel_search.py.
        self.agree: Callable[[Question], None] | None = None
        self.symmetry = symmetry
        self._commands_before = commands_before
        self._answers: dict[Question, Outcome] = {}
        self.remembered: dict[str, dict[int, tuple[Change, ...]]] = {
            name: {} for name in layout.names
        }
        self._pieces: dict[int, list[Change]] = {}  # by parts of states with one message or none

    @property
    def standing_for(self) -> Callable[[int], int] | None:
        """The function that finds the state that stands for another, if there is a symmetry."""
        return self.symmetry.standing_for if self.symmetry else None

    def start(self, path: Sequence[SearchAction] = (), forget_before: int = 0) -> int:
        """Return the state after a path, with full budgets: the path itself costs nothing.

        Messages that are then on the network and whose term is before `forget_before` never arrive.
        Without a path, every server has just started from an empty disk. Raises `Broken` if one
        cannot.
        """
        layout, behaviour = self.layout, self.behaviour
        for name in layout.names:
            outcome = behaviour.start(name)
            if outcome.broken is not None:
                raise Broken(Crashes(name), outcome.broken)
        if self.symmetry is not None:
            self.symmetry.check_starts_alike()
        reached = PathState(behaviour)
        reached.follow(path)
        kept = [held for held in reached.held if getattr(held, "term", 0) >= forget_before]
        state: int = layout.full_budgets | layout.sent(tuple(kept))
        for message in reached.arrived:
            state |= layout.vote_seen(message)
        for name, snapshot in reached.now.items():
            state |= layout.placed(name, snapshot.id)
        return state

    def of_server(self, server: str, part: int) -> tuple[Change, ...]:
        """Return the changes that one server's steps make, by the part of the state that it sees.

        Raises `Broken` if one of the steps does.
        """
        known = self.remembered[server]
        found = known.get(part)
        if found is None:
            # Each message arrives by itself, and there are more sets of messages than messages.
            alone = part & ~self.layout.message_mask
            pieces = [*(alone | bit for bit, _ in self.layout.inbox(part)), alone]
            changes = [change for piece in pieces for change in self._of_piece(server, piece)]
            # Two actions may make the same change: a message without effect may arrive or be lost.
            found = known[part] = tuple(dict.fromkeys(changes))
        return found

    def _of_piece(self, server: str, piece: int) -> list[Change]:
        """Return the changes that the one message in a piece makes; without one, all others.

        Raises `Broken` if one of the steps does.
        """
        found = self._pieces.get(piece)
        if found is None:
            actions = self._arrivals if piece & self.layout.message_mask else self._alone
            found = []
            for action, change, broken in actions(self._before(server, piece), piece):
                if broken is not None:
                    raise Broken(action, broken)
                if change != (0, 0):
                    found.append(change)
            self._pieces[piece] = found
        return found

    def broken_action(self, state: int) -> SearchAction:
        """Return the first action that breaks something by itself; StopIteration if none does."""
        return next(
            action
            for server in self.layout.names
            for action, _, broken in self.look(server, state & self.layout.local_masks[server])
            if broken is not None
        )

    def all(self, state: int) -> Iterator[tuple[SearchAction, int]]:
        """Every action that is possible in `state`, and the state after it."""
        for server in self.layout.names:
            for action, (flipped, added), _ in self.look(
                server, state & self.layout.local_masks[server]
            ):
                yield action, (state ^ flipped) | added

    # Asking servers -------------------------------------------------------------------------

    def _asked(self, before: Snapshot, kind: str, what: Any) -> Outcome:
        """Return what a server does, asked now or remembered."""
        question = (before.server, before.id, kind, what)
        if question not in self._answers:
            (self.agree or self.answer)(question)
        return self._answers[question]

    def has_answered(self, question: Question) -> bool:
        """Return whether the answer to a question is known."""
        return question in self._answers

    def answer(self, question: Question) -> None:
        """Ask a server, and give bits to new messages in its answer, all in a fixed order."""
        self._answer(question)
        if self.symmetry is not None:
            self.symmetry.check_alike(question, self._answer)

    def _answer(self, question: Question) -> Outcome:
        known = self._answers.get(question)
        if known is not None:
            return known
        server, number, kind, what = question
        before = self.behaviour.snapshots[server][number - 1]
        if kind == "restart":
            outcome = self.behaviour.start(server, before.durable)
        else:
            event = self._event(server, kind, what)
            self.layout.vote_seen(event)
            outcome = self.behaviour.step(before, event)
        for each in (outcome, *(torn for _, torn in outcome.torn)):
            if self._within(each):
                self.layout.sent(each.sent)
        self._answers[question] = outcome
        return outcome

    def _event(self, server: str, kind: str, what: Any) -> Any:
        """Return the event that a question is about."""
        if kind == "message":
            return self.layout.messages[what]
        event = TimerFired(what) if kind == "timer" else ClientRequest("", server, 0, what)
        return self.behaviour.one(event)

    def _within(self, outcome: Outcome) -> bool:
        """Return whether an outcome stays within the bounds."""
        if outcome.broken is not None:
            return False
        return self.behaviour.is_within(self.bounds, outcome.after.state)

    # What may happen to one server ---------------------------------------------------------

    def look(self, server: str, part: int) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """Each action that concerns `server`, the change that it makes, and what it breaks, if any.

        `part` is what the server sees of the state: its own field, its messages, the budgets.
        """
        before = self._before(server, part)
        yield from self._arrivals(before, part)
        yield from self._alone(before, part)

    def _before(self, server: str, part: int) -> Snapshot:
        """Return the snapshot that a server is in."""
        return self.behaviour.snapshots[server][self.layout.number_of(part, server) - 1]

    def _alone(
        self, before: Snapshot, part: int
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """What may happen to a server without a message."""
        yield from self._timers(before, part)
        yield from self._commands(before, part)
        if self.layout.left(part, "crashes"):
            spent = self.layout.spend(part, "crashes")
            again = self._asked(before, "restart", None)
            if again.after is not before or again.sent or again.broken:
                yield from self._changes(before, Crashes(before.server), again, spent)

    def _arrivals(
        self, before: Snapshot, part: int
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """Each message arrives, or arrives and stays, or is lost."""
        layout = self.layout
        for bit, message in layout.inbox(part):
            outcome = self._asked(before, "message", bit)
            seen = layout.vote_seen(message)
            yield from self._steps(before, Arrives(message), outcome, part, bit, seen)
            if layout.left(part, "duplicates") and (outcome.after is not before or outcome.sent):
                spent = layout.spend(part, "duplicates")
                yield from self._steps(before, Arrives(message, True), outcome, part, spent, seen)
            if layout.left(part, "losses"):
                yield Vanishes(message), (bit ^ layout.spend(part, "losses"), 0), None

    def _timers(
        self, before: Snapshot, part: int
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """Each running timer may run out at any time."""
        for timer in before.timers:
            spent = 0
            if self.bounds.timeouts is not None and self.behaviour.is_bounded(timer):
                if not self.layout.left(part, "timeouts"):
                    continue
                spent = self.layout.spend(part, "timeouts")
            outcome = self._asked(before, "timer", timer)
            yield from self._steps(before, RunsOut(before.server, timer), outcome, part, spent, 0)

    def _commands(
        self, before: Snapshot, part: int
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """The next command is handed to this server; a server that ignores it spends no command."""
        left = self.layout.left(part, "commands")
        if not left:
            return
        number = self._commands_before + self.bounds.commands - left + 1
        command = f"x={number}"
        outcome = self._asked(before, "command", command)
        if outcome.after is before and not outcome.sent and not outcome.broken:
            return
        action, spent = Commanded(before.server, command), self.layout.spend(part, "commands")
        yield from self._steps(before, action, outcome, part, spent, 0)

    def _steps(
        self,
        before: Snapshot,
        action: Arrives | RunsOut | Commanded,
        outcome: Outcome,
        part: int,
        flipped: int,
        seen: int,
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """The change that a step makes, and the change of each crash within it."""
        yield from self._changes(before, action, outcome, flipped, seen)
        if outcome.torn and self.layout.left(part, "crashes"):
            flipped ^= self.layout.spend(part, "crashes")
            for keep, torn in outcome.torn:
                yield from self._changes(before, Torn(action, keep), torn, flipped, seen)

    def _changes(
        self, before: Snapshot, action: SearchAction, outcome: Outcome, flipped: int, seen: int = 0
    ) -> Iterator[tuple[SearchAction, Change, str | None]]:
        """The change that an outcome makes to the cluster, unless it is outside the bounds."""
        if outcome.broken is not None:
            yield action, (0, 0), outcome.broken
            return
        if self._within(outcome):
            flipped ^= self.layout.swap(before, outcome.after)
            yield action, (flipped, self.layout.sent(outcome.sent) | seen), None
