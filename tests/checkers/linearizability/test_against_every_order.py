"""The checker against the definition: every order of thousands of small histories is tried.

Objects are written anew here, so that a mistake in a model of the checker shows as well.
"""

from dataclasses import replace
from math import inf
from random import Random

import pytest

from raftkit.checkers.linearizability import MODELS, Operation, check_linearizable

HISTORIES = 700  # of each model
of_every_model = pytest.mark.parametrize("model", MODELS)


def histories(model, count=HISTORIES, **options):
    for seed in range(count):
        random = Random(f"{model} {seed}")
        yield random_history(random, model, random.randrange(1, 8), **options)


def violations(model, count=HISTORIES, **options):
    """Histories with their first violation."""
    for history in histories(model, count, **options):
        found = check_linearizable(history, model).violations
        if found:
            yield history, found[0]


@of_every_model
def test_the_verdict_is_that_of_trying_every_order(model):
    verdicts = []
    for history in histories(model):
        verdict = check_linearizable(history, model)
        assert verdict.is_linearizable == has_an_order(history, model), history
        verdicts.append(verdict.verdict)

    # Neither verdict is rare.
    assert verdicts.count("violated") > HISTORIES / 10
    assert verdicts.count("linearizable") > HISTORIES / 3


@of_every_model
@pytest.mark.parametrize("unknown", [0, 0.6])
def test_so_it_is_with_no_and_with_many_unknown_outcomes(model, unknown):
    for history in histories(model, 300, unknown=unknown, wrong=0.3):
        is_right = check_linearizable(history, model).is_linearizable
        assert is_right == has_an_order(history, model), history


@of_every_model
def test_foresight_decides_nothing(model):
    without = replace(MODELS[model], lookahead=lambda tasks, state: None)
    for history in histories(model, wrong=0.1):
        with_it, plain = (check_linearizable(history, each) for each in (MODELS[model], without))
        assert with_it.verdict == plain.verdict, history


@of_every_model
def test_the_order_of_a_linearizable_history_is_a_witness(model):
    for history in histories(model, 300, keys=2, wrong=0.02):
        verdict = check_linearizable(history, model)
        assert not verdict.is_linearizable or is_an_order_of(verdict.order, history, model)


@of_every_model
def test_keys_apart_are_keys_together(model):
    for history in histories(model, 300, keys=3):
        keys = {each.key for each in history}
        apart = [
            check_linearizable([each for each in history if each.key == key], model)
            for key in sorted(keys)
        ]
        together = check_linearizable(history, model)
        assert together.is_linearizable == all(each.is_linearizable for each in apart)
        assert {violation.key for violation in together.violations} == {
            violation.key for each in apart for violation in each.violations
        }


# Violations ----------------------------------------------------------------------------


@of_every_model
def test_the_longest_linearizable_prefix_ends_before_the_culprit(model):
    for history, violation in violations(model):
        culprit = violation.operation
        returned = sorted(
            (each for each in history if each.returned is not None),
            key=lambda each: (each.returned, history.index(each)),
        )
        broken = [each for each in returned if not has_an_order(cut_at(history, each), model)]
        assert culprit == broken[0], history


@of_every_model
def test_the_order_of_the_prefix_is_a_witness(model):
    for history, violation in violations(model):
        culprit = violation.operation
        prefix = [
            replace(each, returned=None, result=None) if each == culprit else each
            for each in cut_at(history, culprit)
        ]
        loosened = {each.client: each for each in prefix}
        order = [loosened[each.client] for each in violation.order]
        assert is_an_order_of(order, prefix, model), history


@of_every_model
def test_the_possible_results_are_those_with_which_it_would_have_an_order(model):
    candidates = [None, True, False, 0, 1, 2]
    if model == "kv":
        texts = ["", *"123"]
        candidates = [None, True, False, *texts]
    for history, violation in violations(model, 250):
        culprit = violation.operation
        prefix = cut_at(history, culprit)
        place = prefix.index(culprit)
        for answer in candidates:
            is_a_truth = isinstance(answer, bool)
            # Without its result, an append says nothing, and is no candidate.
            if is_a_truth != (culprit.kind == "cas") or (culprit.kind, answer) == ("append", None):
                continue
            prefix[place] = replace(culprit, result=answer)
            assert has_an_order(prefix, model) == (answer in violation.possible), (history, answer)


@of_every_model
def test_what_clashes_does_so_whatever_the_others_did_and_none_of_it_can_be_spared(model):
    def whenever(operation):
        return replace(operation, called=-inf, returned=None, result=None)

    for history, violation in violations(model, 250):
        prefix = cut_at(history, violation.operation)
        needed = {each.client for each in violation.needed}
        assert violation.operation.client in needed
        # Whose answer says that it has changed nothing is left out altogether.
        others = [each for each in prefix if each.client not in needed and not only_looked(each)]
        story = [each for each in prefix if each.client in needed] + [*map(whenever, others)]
        assert not has_an_order(story, model), history


def only_looked(operation):
    """Whether it changed nothing: a read, or an answer that says so."""
    if operation.kind in ("read", "get"):
        return True
    told = {"cas": False, "dequeue": None}.get(operation.kind, operation)
    return operation.returned is not None and operation.result is told


def test_of_two_violations_the_earlier_is_told_first():
    for history in histories("register", 200, keys=3, wrong=0.5):
        ends = [
            end_of(each.operation) for each in check_linearizable(history, "register").violations
        ]
        assert ends == sorted(ends)


# Every order ----------------------------------------------------------------------------

FIRST = {"register": None, "cas": None, "kv": None, "queue": ()}


def told(state, operation):
    """What one client alone is told, and the state afterwards."""
    kind, argument = operation.kind, operation.argument
    if kind in ("read", "get"):
        return state, state
    if kind in ("write", "put"):
        return "done", argument
    if kind == "cas":
        return (True, argument[1]) if state == argument[0] else (False, state)
    if kind == "append":
        return (state or "") + argument, (state or "") + argument
    if kind == "enqueue":
        return "done", (*state, argument)
    return (state[0], state[1:]) if state else (None, ())


def may_be_told(operation, answer):
    """Whether an answer is the one in the history; where it says nothing, any is."""
    says_nothing = answer == "done" or (operation.kind == "append" and operation.result is None)
    return operation.returned is None or says_nothing or operation.result == answer


def has_an_order(operations, model):
    """Whether some order of all that returned, and some of the rest, is as one client's."""
    return all(_continues(FIRST[model], part) for part in parts_of(operations, model))


def parts_of(operations, model):
    """The operations of each key; all together if `model` starts from one state a key."""
    keys = list(dict.fromkeys(each.key for each in operations))
    return [[each for each in operations if each.key == key] for key in keys]


def _continues(state, left):
    """Whether what is left can follow a state: whoever is called before any other returned."""
    if all(each.returned is None for each in left):
        return True
    first_return = min(end_of(each) for each in left)
    for position, each in enumerate(left):
        if each.called <= first_return:
            answer, after = told(state, each)
            rest = left[:position] + left[position + 1 :]
            if may_be_told(each, answer) and _continues(after, rest):
                return True
    return False


def is_an_order_of(order, operations, model):
    """Whether a witness keeps to real time, has all that returned, and is answered so."""
    states = {}
    for each in order:
        answer, states[each.key] = told(states.get(each.key, FIRST[model]), each)
        if not may_be_told(each, answer):
            return False
    in_time = all(
        end_of(later) >= earlier.called
        for place, earlier in enumerate(order)
        for later in order[place:]
    )
    returned = [each for each in operations if each.returned is not None]
    is_all = all(order.count(each) == operations.count(each) for each in returned)
    return in_time and is_all and all(each in operations for each in order)


def cut_at(operations, end):
    """The prefix of a history up to an operation's return, which is the last to be known."""
    instant = end.returned
    kept = [each for each in operations if each.called <= instant]
    # Of returns at one instant, those of earlier calls come first, as in the checker.
    place = operations.index(end)
    return [
        each
        if (end_of(each), operations.index(each)) <= (instant, place)
        else replace(each, returned=None, result=None)
        for each in kept
    ]


def end_of(operation):
    return inf if operation.returned is None else operation.returned


# Random histories ----------------------------------------------------------------------


def random_history(random, model, size, unknown=0.15, wrong=0.15, keys=1):
    """A history of an atomic object, with some unknown outcomes and some wrong answers."""
    happening = []
    for number in range(size):
        called = random.randrange(3 * size)
        returned = called + random.randrange(1, 8)
        kind, argument = _asked(random, model)
        key = f"k{random.randrange(keys)}"
        asked = Operation(f"C{number}", kind, key, argument, None, called, returned)
        happening.append((random.uniform(called, returned), number, asked))
    states, history = {}, []
    for _, _, asked in sorted(happening):
        if random.random() < unknown:
            asked = replace(asked, returned=None)
            if random.random() < 0.5:  # It never takes effect.
                history.append(asked)
                continue
        answer, after = told(states.get(asked.key, FIRST[model]), asked)
        states[asked.key] = after
        if random.random() < wrong:
            answer = _another(random, answer)
        known = asked.returned is not None and answer != "done"
        history.append(replace(asked, result=answer) if known else asked)
    return sorted(history, key=lambda each: (each.called, each.client))


def _asked(random, model):
    if model == "queue":
        return random.choice([("enqueue", random.randrange(3)), ("dequeue", None)])
    read, write = ("get", "put") if model == "kv" else ("read", "write")
    value = (lambda: random.choice("123")) if model == "kv" else (lambda: random.randrange(3))
    asked = [(read, None), (write, value())]
    if model != "register":
        asked.append(("cas", (value(), value())))
    if model == "kv":
        asked.append(("append", value()))
    return random.choice(asked)


def _another(random, answer):
    if isinstance(answer, bool):
        return not answer
    if isinstance(answer, str) and answer != "done":
        return random.choice(["1", "2", "12", "21", "11"])
    return answer if answer == "done" else random.choice([0, 1, 2, None])
