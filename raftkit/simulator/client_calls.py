"""The calls of the clients in a history: each command, its times, and its result.

They are read from the clients' steps after the run. This module does not know how a client
decides what to do.
"""

from collections.abc import Sequence

from raftkit.protocol.messages import ClientRequest, ClientResponse
from raftkit.protocol.record import record
from raftkit.simulator.history import History
from raftkit.simulator.records import Step


@record
class Answered:
    """One call of a client; times are in microseconds, `returned` is None without an answer.

    The steps are positions in `History.records`: they order calls that share an instant.
    """

    client: str
    serial: int
    command: str
    invoked: int
    returned: int | None
    result: str | None
    invoked_step: int = 0
    returned_step: int | None = None


def calls(history: History) -> list[Answered]:
    """Every call of every client, in the order of the first sending."""
    found: dict[tuple[str, int], Answered] = {}
    for position, step in enumerate(history.records):
        if not isinstance(step, Step):
            continue
        sent: Sequence[object] = step.effects.messages
        for message in sent:
            if isinstance(message, ClientRequest):
                key = (message.source, message.serial)
                if key not in found:
                    found[key] = Answered(*key, message.command, step.time, None, None, position)
        _take_answer(found, step, position)
    return list(found.values())


def _take_answer(found: dict[tuple[str, int], Answered], step: Step, position: int) -> None:
    event = step.event
    if not isinstance(event, ClientResponse) or not event.ok:
        return
    call = found.get((event.target, event.serial))
    if call is not None and call.returned is None:
        found[event.target, event.serial] = Answered(
            call.client,
            call.serial,
            call.command,
            call.invoked,
            step.time,
            event.result,
            call.invoked_step,
            position,
        )
