"""The list of calls and returns in the order of time, from which tasks can be taken out.

This is Wing and Gong's doubly linked list: when a task happens, its call and return are taken out,
and they are put back when the search goes back. It answers one question: what stands before the
first return? It knows no model.
"""

from collections.abc import Sequence

from raftkit.checkers.linearizability.tasks import Task


class TimeList:
    """The calls and returns of `tasks`, which are known by their positions in it.

    `owner` says whose an entry is: a call's is its task's number, a return's is that number's
    complement, which is negative. Entry 0 comes before all, and the last entry is a return of no
    task: its owner is the complement of the number of tasks.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        count = len(tasks)
        entries = [(task.called, False, number) for number, task in enumerate(tasks)]
        entries += [(task.deadline, True, number) for number, task in enumerate(tasks)]
        # At one instant calls come first, because then the two operations overlap.
        entries.sort()
        self.owner = [count, *(~n if is_return else n for _, is_return, n in entries), ~count]
        self.calls, self.returns = [0] * count, [0] * count
        for entry, (_, is_return, number) in enumerate(entries, start=1):
            (self.returns if is_return else self.calls)[number] = entry
        self.following = list(range(1, len(self.owner) + 1))
        self.previous = list(range(-1, len(self.owner) - 1))

    def lift(self, number: int) -> None:
        """Take a task's call and return out of the list."""
        following, previous = self.following, self.previous
        for entry in (self.calls[number], self.returns[number]):
            before, after = previous[entry], following[entry]
            following[before], previous[after] = after, before

    def lower(self, number: int) -> None:
        """Put them back; tasks that were taken out later must have been put back already."""
        following, previous = self.following, self.previous
        for entry in (self.returns[number], self.calls[number]):
            following[previous[entry]] = previous[following[entry]] = entry
