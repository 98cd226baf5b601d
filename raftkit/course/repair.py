"""`Repair`: a leader repairs one follower's log, request by request (§5.3, Figure 7).

It calls only the rules of replication, in the order of Figure 2. There is no cluster, no clock and
no lost message. It can draw the requests and the answers.
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
# Figure 2's way of backing up needs fewer rounds for any log that fits into a picture.
ROUNDS_MAX = 12


@dataclass(frozen=True)
class Round:
    """One request and its success, with the follower's log and the progress after it."""

    request: AppendEntriesRequest
    success: bool
    log: Log
    progress: Progress


@dataclass(frozen=True)
class Repair:
    """A new leader with the log `leader` takes a command and sends it to a follower.

    The leader leads `term`, by default the term after the latest in the two logs.

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
        """The leader's role, term and vote."""
        later = 1 + max(self.leader.last_term, self.follower.last_term)
        return Standing(LEADER, self.term or later, "leader")

    def leading_log(self, rules: Rules) -> Log:
        """The leader's log with the first entry of its own term, if the rules append it."""
        entry = Entry(self.standing.current_term)
        return rules.append_command(self.standing, self.leader, entry) or self.leader

    def rounds(self, rules: Rules) -> Iterator[Round]:
        """Yield one round after the other until the leader knows that the logs agree.

        It stops early if `next_index` lies outside the leader's log.
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
                return  # A rule has read beyond the end of a log, so this request has no answer.
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
        """The leader's log, and below it the follower's log after each request, compared.

        An arrow shows the leader's `next_index` after each answer.
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
        """The outcome in a sentence."""
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
