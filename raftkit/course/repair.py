"""`Repair`: a leader brings one follower's log into line, request by request (§5.3, Figure 7).

The rules of replication alone, in the order of Figure 2: no cluster, no clock, nothing
lost. It knows what was asked, how it was answered, and how to draw both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Progress,
    Rules,
    Standing,
)
from raftkit.protocol.roles import LEADER
from raftkit.views import Picture, draw_logs

_BATCH = 100
# More than Figure 2's own back-up needs for any log that fits into a picture.
ROUNDS_MAX = 12


@dataclass(frozen=True)
class Round:
    """One request and what came of it: the follower's log then, and what the leader knows now."""

    request: AppendEntriesRequest
    success: bool
    log: Log
    progress: Progress


@dataclass(frozen=True)
class Repair:
    """A newly elected leader with this log takes a first command, and sends it to this follower.

    It leads `term`; without one, the term after the latest in the two logs.

    >>> from raftkit.protocol import Rules
    >>> repair = Repair(leader=Log.of_terms(1, 1, 4), follower=Log.of_terms(1, 2, 2))
    >>> [(each.request.prev_log_index, each.success) for each in repair.rounds(Rules())]
    [(3, False), (1, True)]
    """

    leader: Log
    follower: Log
    term: int | None = None

    @property
    def standing(self) -> Standing:
        """Where the leader stands in elections."""
        later = 1 + max(self.leader.last_term, self.follower.last_term)
        return Standing(LEADER, self.term or later, "leader")

    def leading_log(self, rules: Rules) -> Log:
        """The leader's log with the first entry of its own term, if the rules take it."""
        entry = Entry(self.standing.current_term)
        return rules.append_command(self.standing, self.leader, entry) or self.leader

    def rounds(self, rules: Rules) -> Iterator[Round]:
        """One request after the other, until the leader knows that the logs agree.

        It ends early where no request can be made or answered, because no log has that index.
        """
        leading, log = self.leading_log(rules), self.follower
        # An election comes before the first command of its term.
        progress = rules.initial_progress(self.leader.last_index, None)
        for _ in range(ROUNDS_MAX):
            agrees = progress.match_index >= leading.last_index
            if agrees or not 1 <= progress.next_index <= leading.last_index + 1:
                return
            try:
                latest = self._round(rules, leading, log, progress)
            except IndexError:
                return  # over an index that no log has, so there is no answer to this request
            log, progress = latest.log, latest.progress
            yield latest

    def _round(self, rules: Rules, leading: Log, log: Log, progress: Progress) -> Round:
        standing = self.standing
        term = standing.current_term
        request = rules.make_append_entries(
            "leader", "follower", term, leading, progress.next_index, 0, _BATCH
        )
        before = request.prev_log_index
        if rules.previous_entry_matches(log, request):
            log = rules.merge_entries(log, request)
            match_index = rules.match_index_after(log, request)
            answer = AppendEntriesResponse("follower", "leader", term, True, match_index, before)
            return Round(request, True, log, rules.advance_progress(standing, progress, answer))
        conflict = rules.find_conflict(log, request)
        answer = AppendEntriesResponse(
            "follower", "leader", term, False, 0, before, conflict.term, conflict.index
        )
        return Round(request, False, log, rules.back_up(standing, leading, progress, answer))

    # Drawing ---------------------------------------------------------------------------

    def picture(self, rules: Rules | None = None) -> Picture:
        """The leader's log, and below it the follower's after each request, where they part.

        An arrow shows `next_index`, as the leader has it after the answer.
        """
        rules = rules or Rules()
        rounds = list(self.rounds(rules))
        logs = {"leader": self.leading_log(rules), "follower": self.follower}
        progress = rules.initial_progress(self.leader.last_index, None)
        next_index = {"follower": progress.next_index}
        for number, each in enumerate(rounds, start=1):
            name = f"{number}: {'✓' if each.success else '✗'} after {each.request.prev_log_index}"
            logs[name] = each.log
            next_index[name] = each.progress.next_index
        return draw_logs(logs, next_index=next_index, title=self._title(rules, rounds))

    def _title(self, rules: Rules, rounds: list[Round]) -> str:
        """How it went, in a sentence."""
        refusals = sum(not each.success for each in rounds)
        often = f"{refusals} refusal{'' if refusals == 1 else 's'}"
        agreed = rounds and rounds[-1].progress.match_index >= self.leading_log(rules).last_index
        if agreed and rounds[-1].log == self.leading_log(rules):
            sent = sum(len(each.request.entries) for each in rounds if each.success)
            return f"In line after {often}; {sent} entr{'y' if sent == 1 else 'ies'} sent"
        if agreed:
            return f"Not in line, and the leader believes it is; {often}"
        at = rounds[-1].progress.next_index if rounds else 0
        if len(rounds) < ROUNDS_MAX:
            return f"Not in line: next_index is {at}, where the leader can send nothing"
        return f"Not in line after {len(rounds)} requests; {often}"
