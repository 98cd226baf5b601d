"""The small worlds of a lone server: which disks, which events, how many of them.

Each world is rich in one part of Figure 2 and poor in the others, so that all together stay small
enough to be asked of every server in seconds.
"""

from functools import cache

from raftkit.protocol import Persistent, Settings
from raftkit.scenarios.small_world.events import Alphabet
from raftkit.scenarios.small_world.stories import Story, World, small_disks, stories
from raftkit.scenarios.small_world.surroundings import log_of

_NEW = (None,)
_VOTES = (None, "S1", "S2", "S3")
_ONE_ENTRY = Persistent(1, None, log_of(1))
_LED_BEFORE = Persistent(1, "S1", log_of(1))
_TWO_TERMS = Persistent(2, None, log_of(1, 2))
_LONG = Persistent(3, None, log_of(*[1] * 12, *[2] * 21))
# From term 9 on there are terms of two digits, two terms before, and a very late one after.
_FAR = tuple(Persistent(9, vote, log_of(*log)) for vote in (None, "S1", "S2") for log in ((), (4,)))
_FAR_FROM_HERE = 9 + 2 * 2
_NO_OP_AND_BATCH, _SMALL_BATCH = Settings(no_op=True, batch=1), Settings(batch=2)
_HEARING = tuple(disk for disk in small_disks(2, 2, ("S2",)) if disk.current_term == 2)
_LEADING = "timers", "voters", "followers", "clients"
_ALL = *_LEADING, "restarts", "candidates", "leaders"


def _alphabet(*kinds: str, entries: int = 2) -> Alphabet:
    return Alphabet(frozenset(kinds), entries)


def _last(many: int, servers: int) -> tuple[str, ...]:
    """The last of so many servers."""
    return tuple(f"S{number}" for number in range(servers - many + 1, servers + 1))


def _far(*kinds: str) -> Alphabet:
    return Alphabet(frozenset(kinds), entries=1, reach=2, last_term=_FAR_FROM_HERE)


WORLDS = (
    # Every small disk, asked for its vote once and twice; timeouts and restarts in between.
    World(
        3,
        (*_NEW, *small_disks(2, 2, _VOTES)),
        _alphabet("candidates", "timers", "restarts", "voters"),
        depth=2,
    ),
    # Every small log meets every request of every leader's log that it can come to meet.
    World(3, _HEARING, _alphabet("leaders", entries=3), depth=1),
    # Requests come late, twice, in any order; elections, commands and restarts in between.
    World(3, (Persistent(1, "S2", log_of()),), _alphabet("leaders"), depth=2),
    World(5, small_disks(2, 1, _NEW)[::2], _alphabet(*_ALL, entries=1), depth=2),
    World(3, (_ONE_ENTRY,), _alphabet(*_ALL, entries=1), depth=2, followed=True),
    # Elections: every sequence of answers, late and repeated ones among them.
    World(5, _NEW, _alphabet("voters", "timers", "restarts"), depth=4),
    World(4, _NEW, _alphabet("voters", "timers"), depth=4),
    # A leader: what followers answer, late and repeated; commands; the end of its office.
    World(3, (*_NEW, _LED_BEFORE, _TWO_TERMS), _alphabet(*_LEADING), 2, ("S2",)),
    World(3, (*_NEW, _TWO_TERMS), _alphabet(*_LEADING, entries=1), 2, ("S2",), ("C1",)),
    World(3, (_ONE_ENTRY,), _alphabet(*_LEADING, entries=1), 2, ("S2",), ("C1", "C2")),
    World(3, (*_NEW, _ONE_ENTRY), _alphabet(*_ALL, entries=1), 1, ("S2",), ("b",)),
    World(5, (_ONE_ENTRY,), _alphabet("timers", "followers"), 3, ("S2", "S3"), ("C1",)),
    World(4, _NEW, _alphabet("followers"), 3, ("S2", "S3"), ("C1", "C1")),
    World(3, _NEW, _alphabet(*_LEADING, entries=1), 2, ("S2",), ("C1",), settings=_NO_OP_AND_BATCH),
    World(
        *(3, (_TWO_TERMS,), _alphabet("timers", "followers", entries=1), 3, ("S2",)),
        settings=_NO_OP_AND_BATCH,
    ),
    World(5, _NEW, _alphabet("followers", entries=1), 2, ("S2", "S3"), ("C1",), again=True),
    # The next leader commits what a leader's clients wait for, or has something else in its place.
    World(3, _NEW, _alphabet("leaders", entries=1), 2, ("S2",), ("C9",)),
    # Terms that are further away than the next: nobody has to go through them one by one.
    World(3, _FAR, _far("candidates", "voters", "followers", "timers"), depth=1),
    World(3, _FAR[4:], _far("leaders"), depth=1),
    World(3, _FAR[:2], _far("candidates", "leaders", "voters", "followers"), 1, ()),
    World(3, _FAR[:2], _far("candidates", "leaders", "voters", "followers"), 1, ("S2",), ("C1",)),
    # Long logs, and a batch that holds a part of them.
    World(3, (_LONG,), _alphabet("candidates", "long leaders"), depth=1),
    World(
        3, (_LONG,), _alphabet("timers", "followers"), 2, ("S2",), ("C1",), settings=_SMALL_BATCH
    ),
    # Other majorities: two of two, four of six and of seven, five of nine.
    World(2, (*_NEW, _ONE_ENTRY), _alphabet("voters", "candidates", "timers", "restarts"), 2),
    World(2, (*_NEW, _ONE_ENTRY), _alphabet(*_LEADING), 2, ("S2",), ("C1",)),
    *(World(n, _NEW, _alphabet("voters"), 1, _last(n // 2 - 1, n)) for n in (6, 7, 9)),
    *(
        World(
            *(n, _NEW, _alphabet("followers"), 1, _last(n // 2, n), ("C1",)),
            held_by=_last(n // 2 - 1, n),
        )
        for n in (6, 7, 9)
    ),
    # Other places among the servers, other names, and names that are not in order; another client.
    *(
        World(3, _NEW, _alphabet(*_LEADING, entries=1), 1, by, ("b",), by, id=id, named=names)
        for id, by, names in (
            ("S2", ("S1",), ("S1", "S2", "S3")),
            ("b", ("S1",), ("S11", "b", "S1")),
            ("S1", ("S11",), ("S11", "b", "S1")),
        )
    ),
    # Alone.
    World(1, (*_NEW, *small_disks(1, 1, _NEW)), _alphabet("restarts", "timers", "clients"), 5),
    World(1, (*_NEW, _ONE_ENTRY), _alphabet("timers"), 1, settings=_NO_OP_AND_BATCH),
)


@cache
def all_stories() -> tuple[Story, ...]:
    """The stories of all worlds, the shortest first."""
    every = [story for world in WORLDS for story in stories(world)]
    return tuple(sorted(every, key=lambda story: len(story.steps)))
