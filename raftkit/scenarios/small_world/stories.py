"""The stories of a lone server, each a few events long, with what the reference answers to each.

A world begins with every small disk, and goes on with every event that can come (events.py). What
was reached before is not gone through again, so that each reachable small state meets each event.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    Event,
    Persistent,
    RequestVoteResponse,
    Server,
    ServerState,
    Settings,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.scenarios.small_world.events import Alphabet, Happening
from raftkit.scenarios.small_world.living import START
from raftkit.scenarios.small_world.rules_asked import rules_asked
from raftkit.scenarios.small_world.surroundings import Surroundings, log_of, small_logs


@dataclass(frozen=True)
class World:
    """The lone server's cluster, its disks, and how far its stories go."""

    servers: int
    disks: tuple[Persistent | None, ...]
    alphabet: Alphabet
    depth: int
    elected_by: tuple[str, ...] | None = None  # who votes for the server first, if it stands at all
    commands: tuple[str, ...] = ()  # the clients whose commands the leader then takes and sends out
    held_by: tuple[str, ...] = ()  # who then acknowledges the whole log
    settings: Settings = field(default_factory=Settings)
    followed: bool = False  # whether a leader, S2, first tells that all of the log is committed
    again: bool = False  # whether another leader then replaces what S2 has acknowledged
    id: str = "S1"  # the lone server's name
    named: tuple[str, ...] = ()  # all names, if they are not S1, S2, ...

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all servers."""
        return self.named or tuple(f"S{number}" for number in range(1, self.servers + 1))

    @property
    def peers(self) -> tuple[str, ...]:
        """The names of the others."""
        return tuple(name for name in self.names if name != self.id)


@dataclass(frozen=True, eq=False)
class Step:
    """One event of a story, and what the reference makes of it."""

    event: Happening
    before: ServerState
    after: ServerState
    effects: Effects
    leader: str | None  # that is known afterwards
    servers: tuple[str, ...]

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules that this step asks (rules_asked.py)."""
        return tuple(rules_asked(self.event, self.before, self.after, self.effects))


@dataclass(eq=False)
class Story:
    """What happens to one server, from its disk on, and what the reference makes of it.

    It is the story `before` and one step more. `goes_on` says that it is the beginning of others.
    """

    world: World
    disk: Persistent | None
    before: "Story | None"
    steps: tuple[Step, ...]
    goes_on: bool = False

    def and_then(self, step: Step) -> "Story":
        """The story with one more step."""
        self.goes_on = True
        return Story(self.world, self.disk, self, (*self.steps, step))

    def beginnings(self) -> Iterator["Story"]:
        """The stories that it begins with, the shortest first, and itself."""
        if self.before is not None:
            yield from self.before.beginnings()
        yield self


@dataclass(eq=False)
class Moment:
    """A place in the tree of stories: the way there, and the reference's server as it is there."""

    story: Story
    server: Server
    around: Surroundings

    @property
    def world(self) -> World:
        """The world of its story."""
        return self.story.world

    def after(self, event: Happening, around: Surroundings) -> "Moment":
        """The place after one more event."""
        before = self.server.observe()
        server = _copy(self.server)
        if isinstance(event, str):
            server = Server(server.id, server.servers, None, server.settings, server.on_disk)
            effects = server.start()
        else:
            effects = carry_out(server, event)
        step = Step(event, before, server.observe(), effects, server.leader_id, server.servers)
        around = _noted(server, around, step)
        return Moment(self.story.and_then(step), server, around)

    @property
    def key(self) -> Any:
        """What is the same for two places where the same can follow."""
        server, around = self.server, self.around
        tally = server.tally
        return (
            self.world.servers,
            server.settings.no_op,
            server.standing,
            server.log,
            server.commit_index,
            server.leader_id,
            tally and (frozenset(tally.granted), frozenset(tally.refused)),
            tuple(server.waiting_clients),
            tuple(server.progress.items()) if server.standing.role == LEADER else (),
            frozenset(around.committed),
            tuple(sorted((term, name) for term, (name, _) in around.leaders.items())),
            around.led,
            tuple(sorted(around.held.items())),
            tuple(sorted(around.sent.items())) if server.standing.role == LEADER else (),
        )


def carry_out(server: Any, event: Event) -> Effects:
    """The effects of an event and of what the server then sends to itself, as one."""
    effects: Effects = server.handle(event)
    inner = [message for message in effects.messages if message.target == server.id]
    for message in inner:
        more = carry_out(server, message)
        for name in Effects.__slots__:
            setattr(effects, name, (*getattr(effects, name), *getattr(more, name)))
    return effects


def _copy(server: Server) -> Server:
    """A copy that can go on by itself."""
    made = copy(server)
    for name, value in vars(server).items():
        if isinstance(value, dict):
            setattr(made, name, dict(value))
    return made


def _noted(server: Server, around: Surroundings, step: Step) -> Surroundings:
    """What is known once the server has taken a step."""
    term, role = server.standing.current_term, server.standing.role
    if role == CANDIDATE:
        around = replace(around, asked=around.asked | {term})
    if server.log not in around.logs:
        around = replace(around, logs=(*around.logs, server.log))
    if role != LEADER:
        return around
    if server.commit_index > len(around.committed):
        around = replace(around, committed=server.log.prefix(server.commit_index))
    won = step.before.standing.role != LEADER
    if won:
        around = replace(
            around, asked=around.asked | {term}, led=around.led | {term}, sent={}, held={}
        )
    if won or step.event == TimerFired(HEARTBEAT):
        sent = dict(around.sent)
        for message in step.effects.messages:
            if isinstance(message, AppendEntriesRequest):
                ends = message.prev_log_index, message.prev_log_index + len(message.entries)
                sent[message.target] = sent.get(message.target, frozenset()) | {ends}
        around = replace(around, sent=sent)
    return around


def stories(world: World) -> Iterator[Story]:
    """The stories of a world, each after those that it begins with."""
    seen: set[Any] = set()
    places = [_begun(world, disk) for disk in world.disks]
    for place in places:
        yield from place.story.beginnings()
    for _ in range(world.depth):
        further = []
        for place in places:
            if place.key in seen:
                continue
            seen.add(place.key)
            further += [
                place.after(event, around)
                for event, around in world.alphabet.after(place.server, place.around)
            ]
        yield from (place.story for place in further)
        places = further


def _begun(world: World, disk: Persistent | None) -> Moment:
    """The start of the server from a disk."""
    server = Server(world.id, world.names, None, world.settings, disk)
    standing = server.standing
    before = server.observe()
    step = Step(START, before, before, server.start(), None, world.names)
    mine = frozenset({standing.current_term} if standing.voted_for == world.id else ())
    around = Surroundings(world.id, world.names, logs=(server.log,), asked=mine, led=mine)
    place = Moment(Story(world, disk, None, (step,)), server, around)
    if world.followed:
        place = _told(place)
    place = _elected(place) if world.elected_by is not None else place
    return _elected(_replaced(place)) if world.again else place


def _told(place: Moment) -> Moment:
    """The place at which the leader of the term has told that the whole log is committed."""
    log, term = place.server.log, place.server.standing.current_term
    leader = place.world.peers[0]
    told = AppendEntriesRequest(leader, place.world.id, term, len(log), log.last_term, (), len(log))
    return place.after(told, place.around.led_by(leader, term, log, len(log)))


def _elected(place: Moment) -> Moment:
    """The place at which the server has stood, and leads if enough have voted for it."""
    world = place.world
    place = place.after(TimerFired(ELECTION), place.around)
    for peer in world.elected_by or ():
        vote = RequestVoteResponse(peer, world.id, place.server.standing.current_term, True)
        place = place.after(vote, place.around.hearing(vote))
    for number, client in enumerate(world.commands, 1):
        # Nothing may depend on what a client is called, what it wants done, and what came before.
        new = client.startswith("C")
        serial = world.commands[:number].count(client) + (not new)
        command = "x=1" if new else ""
        place = place.after(ClientRequest(client, world.id, serial, command), place.around)
        place = place.after(TimerFired(HEARTBEAT), place.around)
    for peer in world.held_by:
        place = _acknowledged(place, peer)
    return place


def _acknowledged(place: Moment, peer: str) -> Moment:
    """The place at which a follower has told that it has what it was sent: the leader's log."""
    term = place.server.standing.current_term
    previous, last = max(place.around.sent[peer], key=lambda ends: ends[1])
    done = AppendEntriesResponse(peer, place.world.id, term, True, last, previous)
    return place.after(done, place.around.hearing(done))


def _replaced(place: Moment) -> Moment:
    """The place at which S2 has the leader's log, and S3, the next leader, has replaced it all."""
    place = _acknowledged(place, "S2")
    term = place.server.standing.current_term + 1
    log = log_of(term)
    told = AppendEntriesRequest("S3", "S1", term, 0, 0, log.entries(1, 1), 0)
    return place.after(told, place.around.led_by("S3", term, log, 0))


@cache
def small_disks(term: int, entries: int, votes: tuple[str | None, ...]) -> tuple[Persistent, ...]:
    """Every disk with terms up to `term`, logs up to `entries` and these votes."""
    return tuple(
        Persistent(current, vote, log)
        for log in small_logs(term, entries)
        for current in range(max(1, log.last_term), term + 1)
        for vote in votes
    )
