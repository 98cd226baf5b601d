"""How TinyKV's situations look at messages, and tell of votes."""

from raftkit.protocol import Message, RequestVoteResponse


def name_vote(answers: list[Message]) -> str:
    """A voter's answers in a sentence."""
    if len(answers) != 1 or not isinstance(answers[0], RequestVoteResponse):
        return f"answered {answers or 'nothing'}"
    verb = "granted" if answers[0].vote_granted else "refused"
    return f"{verb} the vote in term {answers[0].term}"


def by_target(messages: list[Message]) -> list[Message]:
    """Messages in the order of their targets, because servers may send them in any order."""
    return sorted(messages, key=lambda message: message.target)
