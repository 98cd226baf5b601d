"""Notebook 02: terms, votes and elections.

At most one leader a term, and none whose log lacks what may be committed (§5.2, §5.4.1).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="02_voting",
    title="Voting",
    section="§5.1, §5.2, §5.4.1",
    sees="two candidates, one term, and what keeps both from winning",
    writes="majority, up-to-date logs, votes, terms, elections",
)

EXERCISES = (
    Exercise(
        title="What is a majority?",
        answer="has_majority",
        section="§5.2",
        minutes=4,
        hints=(
            "Five servers, two of them down. How many votes make sure that no other candidate "
            "can get as many?",
            "A candidate wins with votes from a majority of the servers in the full cluster "
            "(§5.2), not of those that happen to answer.",
            "More than half of `servers`. The number of refusals does not matter: "
            "`granted > servers // 2`.",
        ),
    ),
    Exercise(
        title="Whose log is up to date?",
        answer="is_up_to_date",
        section="§5.4.1",
        minutes=6,
        hints=(
            "Which says more about a log: how many entries it has, or which leader wrote the "
            "last one?",
            "The log with the later last term is more up-to-date. If the last terms are the "
            "same, the longer log is (§5.4.1).",
            "If the last terms differ, compare them. Otherwise compare the indexes with `>=`: "
            "an equal log will do.",
        ),
    ),
    Exercise(
        title="Who deserves a vote?",
        answer="should_grant_vote",
        section="§5.2, §5.4.1",
        minutes=8,
        hints=(
            "What must not have happened yet in this term for the vote to be free? And what if "
            "it went to this very candidate?",
            "Grant if votedFor is null or candidateId, and the candidate's log is at least as "
            "up-to-date as ours. Refuse an older term (Figure 2, RequestVote).",
            "Refuse if `request.term < standing.current_term`. Otherwise it takes "
            "`standing.voted_for in (None, request.source)` and `up_to_date`.",
        ),
    ),
    Exercise(
        title="A term from the future",
        answer="adopt_term",
        section="§5.1, §5.2",
        minutes=8,
        hints=(
            "A vote belongs to a term. What is left of it when the term changes, and what when "
            "only the role does?",
            "If a request or response has a higher term, adopt it and become follower (Figure "
            "2, All servers). A candidate that hears from its term's leader becomes follower.",
            "Higher term: `Standing('follower', message.term, None)`. Candidate, same term, an "
            "AppendEntriesRequest: `Standing('follower', standing.current_term, "
            "standing.voted_for)`. Otherwise return `standing`.",
        ),
    ),
    Exercise(
        title="A request from the past",
        answer="treat_request",
        section="§5.1",
        minutes=4,
        hints=(
            "A leader that was cut off for a while does not know that it was replaced. How "
            "could it learn?",
            "Refuse if term < currentTerm (Figure 2, step 1 of both RPCs). The answer carries "
            "our own term, and a server that sees a higher term steps down.",
            "`'refuse'` if `request.term < current_term`, else `'process'`. Staying silent is "
            "never the answer.",
        ),
    ),
    Exercise(
        title="Starting an election",
        answer="start_election",
        section="§5.2",
        minutes=8,
        hints=(
            "The timer has run out. Which three things change on the server before a single "
            "message leaves?",
            "Increment currentTerm, vote for self, send RequestVote to all other servers "
            "(Figure 2, Candidates).",
            "`Campaign(Standing('candidate', term, server), Tally(granted=(server,)), requests)` "
            "with one `RequestVoteRequest(server, peer, term, last_log_index, last_log_term)` "
            "for each peer.",
        ),
    ),
    Exercise(
        title="Counting votes",
        answer="count_vote",
        section="§5.2",
        minutes=8,
        hints=(
            "The network may deliver an answer twice, or years late. Which answers must not "
            "change the tally?",
            "A vote counts for a candidate, in the term in which it asked, once for each server "
            "(§5.2).",
            "Return `tally` unless the role is candidate, the term is `current_term`, and the "
            "source is new. Then add it, as in `Tally((*tally.granted, response.source), "
            "tally.refused)`.",
        ),
    ),
)
