"""A schedule made by clicking, in JupyterLab, and handed in to notebook 06."""

SCHEDULE = """\
from raftkit import Schedule, act_out, check, play
from raftkit.simulator import *

def break_the_voter() -> Schedule:
    raise NotImplementedError

player = play(act_out(break_the_voter))
player"""


def test_a_schedule_is_clicked_together_and_handed_in(watch):
    player = watch(SCHEDULE)
    view = player.view

    def done(number):
        player.until(f"player.dataset.time === '{number}000'")

    def time_out(name, number):
        player.server(name).click()
        view.get_by_role("button", name="Time out", exact=True).click()
        done(number)

    def deliver(source, target, number):
        dot = view.get_by_role("button", name=f"Message from {source} to {target}").first
        dot.click()
        view.get_by_role("button", name="Deliver", exact=True).click()
        done(number)

    time_out("S1", 1)
    deliver("S1", "S3", 2)
    player.opened.keep_screenshot("player_by_hand")
    deliver("S3", "S1", 3)
    time_out("S2", 4)
    # The other way: a double click delivers at once.
    view.get_by_role("button", name="Message from S2 to S3").dblclick()
    done(5)
    deliver("S3", "S2", 6)

    # Two leaders: the clock stands, and who is to blame is outlined.
    player.until("player.querySelectorAll('.rk-server.rk-culprit').length > 0")
    assert "is broken" in view.locator(".rk-story .rk-broken").text_content()
    view.get_by_role("button", name="This run as acts by hand").click()
    body = view.locator(".rk-extra pre").text_content()
    player.opened.keep_screenshot("player_by_hand_broken")

    code = f"def break_the_voter() -> Schedule:\n{body}\nprint(check('6.2', break_the_voter).score)"
    assert player.opened.run_python(code).strip() == "6 of 6 points"


def test_hands_off_and_time_goes_on(watch):
    player = watch(SCHEDULE)

    player.press("d")
    player.until("!player.classList.contains('rk-by-hand')")
    player.press("c")
    player.press(" ")
    player.until("Number(player.dataset.time) > 3000")

    assert "HandsOff()" in player.acts()
