"""A lone server's story for a student: in words, and as a program that repeats it.

Nothing is judged here.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
    Settings,
    TimerFired,
)
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.events import Happening
from raftkit.scenarios.small_world.judged_disk import on_disk, told
from raftkit.scenarios.small_world.living import RESTART
from raftkit.scenarios.small_world.stories import Story


def story_in_words(story: Story) -> str:
    """A story, an event a line."""
    world = story.world
    disk = told(story.disk) if story.disk else "an empty disk"
    among = "alone in its cluster" if world.servers == 1 else f"one of {world.servers} servers"
    if world.named:
        among = f"one of {', '.join(world.names[:-1])} and {world.names[-1]}"
    settings = "".join(f", with settings.{each}" for each in _told_settings(world.settings))
    lines = [f"{world.id}, {among}{settings}, starts from {disk}."]
    lines += [event_in_words(step.event) for step in story.steps[1:]]
    return "\n".join(lines)


def _told_settings(settings: Settings) -> Iterator[str]:
    """The settings that are not the usual ones."""
    if settings.no_op:
        yield "no_op"
    if settings.batch != Settings().batch:
        yield f"batch {settings.batch}"


def event_in_words(event: Happening) -> str:
    """An event in a sentence.

    >>> event_in_words(TimerFired("election"))
    'Its election timer runs out.'
    """
    match event:
        case TimerFired():
            return f"Its {event.timer} timer runs out."
        case ClientRequest():
            command = event.command or "an empty one"
            return f"Client {event.source} sends its command {event.serial}, {command}."
        case RequestVoteRequest():
            end = _place(event.last_log_index, event.last_log_term)
            return f"{event.source} asks for its vote in term {event.term}; its log ends {end}."
        case RequestVoteResponse():
            verb = "grants" if event.vote_granted else "refuses"
            return f"{event.source} {verb} it a vote, in term {event.term}."
        case AppendEntriesRequest():
            what = (
                f"entries of terms {terms_of(Log(event.entries))}" if event.entries else "nothing"
            )
            place = _place(event.prev_log_index, event.prev_log_term)
            return (
                f"{event.source} leads term {event.term} and sends {what} after {place}; its "
                f"leaderCommit is {event.leader_commit}."
            )
        case AppendEntriesResponse():
            if event.success:
                held = (
                    f"its entries up to {event.match_index}"
                    if event.match_index
                    else "no entry yet"
                )
                return f"{event.source} answers in term {event.term} that it agrees: {held}."
            return (
                f"{event.source} refuses what follows entry {event.prev_log_index}, in term "
                f"{event.term}."
            )
    return "It crashes, and starts again from its disk." if event == RESTART else "It starts."


def _place(index: int, term: int) -> str:
    return f"entry {index} of term {term}" if index else "index 0"


def story_as_program(story: Story) -> str:
    """Lines of Python that take a server through a story; `{answer}` is its class."""
    world = story.world
    settings = "Settings()" if world.settings == Settings() else repr(world.settings)
    begin = f'server = {{answer}}("{world.id}", {world.names!r}, None, {settings}, {{disk}})\n'
    lines = ["from raftkit.protocol import *\n\n", begin.replace("{disk}", repr(story.disk))]
    lines.append("print(server.start())\n")
    for step in story.steps[1:]:
        if step.event == RESTART:
            lines.append(begin.replace("{disk}", repr(on_disk(step.before))))
            lines.append("print(server.start())\n")
        else:
            lines.append(f"print(server.handle({step.event!r}))\n")
    return "".join(lines) + "print(server.observe())\n"
