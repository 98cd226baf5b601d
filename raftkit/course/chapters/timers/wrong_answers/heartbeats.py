"""Answers about heartbeats (§5.2; Figure 2, Leaders): when they are sent, and to which servers.

A leader sends heartbeats to every server, at once and for as long as it leads.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    STATE_MACHINE_SAFETY,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import ClientRequest, RequestVoteRequest, Server, Standing, TimerFired
from raftkit.protocol.roles import Occasion
from raftkit.protocol.timers import HeartbeatOccasion

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer

SUITE = "raftkit small world"
Names = tuple[str, ...]


# Who gets one -----------------------------------------------------------------------------


@wrong("T9a", "1.5", COMMANDS_COMMITTED, case="one silent server silences nobody")
@thinking("I send the next heartbeat when all have answered the last one.")
@breaks("A leader sends heartbeats during idle periods, whoever answers (Figure 2, Leaders).")
def waits_for_all_answers(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """One server that is down ends all heartbeats, and the others elect in circles."""
    return () if unanswered else peers


@wrong("T9b", "1.5", COMMANDS_COMMITTED, case="a silent server is asked again, once")
@thinking("Whoever still owes me an answer is busy; I ask the others.")
@breaks("A request that is not answered is sent again, for ever (§5.3; Figure 2, Leaders).")
def skips_silent_servers(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """A single lost message, and that follower never hears from its leader again."""
    return tuple(peer for peer in peers if peer not in unanswered)


@wrong("T9c", "1.5", WASTED_WORK, case="a heartbeat goes to those who have answered")
@thinking("Whoever has answered is fine; I only remind those who have not.")
@breaks("Heartbeats prevent elections on every follower, also on good ones (§5.2).")
def reminds_silent_servers(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """The followers that answer well hear nothing more, and time out."""
    return peers if occasion == "won an election" else unanswered


@wrong("T10", "1.5", WASTED_WORK, case="a new leader is heard at once, by everybody")
@thinking("The first heartbeat goes out when the heartbeat timer fires.")
@breaks("Upon election a leader sends heartbeats at once (Figure 2, Leaders).")
def begins_with_a_pause(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """A server that did not vote for it hears of it too late, and stands for the next term."""
    return () if occasion == "won an election" else peers


@wrong("T9f", "1.5", WASTED_WORK, case="a heartbeat goes to those who have answered")
@thinking("One request at a time: first whoever owes an answer, then the next.")
@breaks("A heartbeat goes to each server (Figure 2, Leaders).")
def the_next_in_line(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """One server at a time is reminded; the others wait for their turn."""
    return unanswered or peers[:1]


@wrong("T9g", "1.5", WASTED_WORK, case="a silent server is asked again, once")
@thinking("Everybody gets a heartbeat, and whoever owes an answer a reminder.")
@breaks("A heartbeat is one request to each server (Figure 2, Leaders).")
def a_reminder_on_top(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> Names:
    """A server that is slow gets twice the work."""
    return peers + unanswered


# When it is due ---------------------------------------------------------------------------


@wrong("T21", SUITE, WASTED_WORK, case="heartbeats")
@thinking("On winning I start the heartbeat timer, and then it beats.")
@breaks("Heartbeats are repeated during idle periods (Figure 2, Leaders).")
class BeatsTwice(Server):
    """The timer fires once; a heartbeat later the followers hear nothing more."""

    def on_timer_fired(self, event: TimerFired) -> None:
        super().on_timer_fired(event)
        if event.timer == "heartbeat":
            self.effects.timers = ()


@wrong("T22", "raftkit timers", COMMANDS_COMMITTED, case="A busy leader is heard, too")
@thinking("Commands go out together with the next heartbeat, counted from the last command.")
@breaks("A leader that sends nothing else sends heartbeats in time (§5.2).")
class CollectsCommands(Server):
    """A new command every few milliseconds puts the heartbeat off for ever."""

    def on_client_request(self, request: ClientRequest) -> None:
        sent_index = dict(self.sent_index)
        super().on_client_request(request)
        self.effects.messages = ()
        self.sent_index = sent_index  # as if nothing had been sent yet


@wrong("T23", SUITE, STATE_MACHINE_SAFETY, case="heartbeats")
@thinking("My heartbeat timer was started when I won, and beats.")
@breaks("Only the leader of a term sends AppendEntries in it (§5.2; Figure 2, Leaders).")
class BeatsOn(Server):
    """Sends as the leader of a term that it only heard of, and overwrites the real one's work."""

    def change_standing(self, standing: Standing, occasion: Occasion) -> None:
        super().change_standing(standing, occasion)
        timers = self.effects.timers
        kept = [change for change in timers if change != ("heartbeat", "stop")]
        self.effects.timers = tuple(kept)

    def on_timer_fired(self, event: TimerFired) -> None:
        if event.timer == "heartbeat":
            self.send_heartbeats("heartbeat is due")
        else:
            super().on_timer_fired(event)


# Odd but right ----------------------------------------------------------------------------


@odd("OT17", "1.5", style="a list, the silent ones first")
def the_silent_first(occasion: str, peers: Names, unanswered: Names) -> list[str]:
    return sorted(peers, key=lambda peer: peer not in unanswered)


@odd("OT8", SUITE, style="heartbeats at their own pace, whatever else is sent")
class BeatsRegularly(Server):
    """A command does not put the next heartbeat off."""

    def on_client_request(self, request: ClientRequest) -> None:
        super().on_client_request(request)
        self.effects.timers = ()


@odd("OT9", SUITE, style="a candidate asks again those who have not answered (§5.1)")
class AsksAgain(Server):
    """Uses its heartbeat timer to repeat requests that are not answered."""

    def start_election(self) -> None:
        super().start_election()
        if self.standing.role == "candidate":
            self.effects.timers += (("heartbeat", "restart"),)

    def on_timer_fired(self, event: TimerFired) -> None:
        super().on_timer_fired(event)
        if event.timer == "heartbeat" and self.standing.role == "candidate" and self.tally:
            silent = set(self.peers) - {*self.tally.granted, *self.tally.refused}
            log, term = self.log, self.standing.current_term
            self.effects.messages += tuple(
                RequestVoteRequest(self.id, peer, term, log.last_index, log.last_term)
                for peer in sorted(silent)
            )
            self.effects.timers += (("heartbeat", "restart"),)
