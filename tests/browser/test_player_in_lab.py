"""The live player in JupyterLab, as a lecturer and a student use it."""

import json
import shutil
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError

from raftkit.bench.browser.answers import notebook

PLAYER = ".rk-player"
SHOW = """\
from raftkit import Cluster, play
cluster = Cluster(servers=5, seed=7)
player = play(cluster, at_ms=400)
player"""


class Watched:
    """A player on the page, and what Python knows of it."""

    def __init__(self, opened):
        self.opened, self.page = opened, opened.page
        self.view = self.page.locator(PLAYER).first
        self.view.wait_for()

    def server(self, name):
        return self.view.locator(f"[data-server={name}]")

    def press(self, key):
        self.view.focus()
        self.page.keyboard.press(key)

    def until(self, condition):
        """Wait until a condition on the first player holds, in JavaScript."""
        script = (
            f"() => {{ const player = document.querySelector('{PLAYER}'); return {condition}; }}"
        )
        self.page.wait_for_function(script)

    def time(self):
        return int(self.view.get_attribute("data-time"))

    def actions(self):
        """What has been done to the watched future, as Python's records."""
        code = "print([asked.action for asked in player.history.inputs])"
        return self.opened.run_python(code).strip()


@pytest.fixture
def watch(tmp_path, open_notebook):
    """Open a notebook with these cells and run it: its first player."""

    def opened(*sources):
        there = open_notebook(notebook(tmp_path / "player.ipynb", *sources))
        there.run_all()
        return Watched(there)

    return opened


def test_a_lecture_with_the_mouse(watch):
    player = watch(SHOW)
    page = player.page

    # Click a server, and stop it: it is seen at once, and Python knows.
    player.server("S2").click()
    assert "voted_for" in player.view.locator(".rk-details").text_content()
    player.view.get_by_role("button", name="Stop", exact=True).click()
    player.until("player.querySelector('[data-server=S2]').classList.contains('rk-down')")
    assert player.actions() == "[Crash(server='S2')]"

    # Cut one link; drag a line between the upper and the lower servers.
    player.view.get_by_role("button", name="Link between S1 and S3").dispatch_event("click")
    player.until("player.querySelectorAll('.rk-link-cut').length === 1")
    box = player.view.locator(".rk-diagram").bounding_box()
    middle = box["y"] + box["height"] * 0.62
    page.mouse.move(box["x"] + 6, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 6, middle, steps=4)
    page.mouse.up()
    player.until("player.querySelectorAll('.rk-link-cut').length === 6")
    assert "Partition(groups=(('S3', 'S4'),))" in player.actions()

    # Scrub back and act there: a second future, and the first one is still to be had.
    player.view.get_by_role("slider", name="Time").fill("300")
    player.press("h")
    player.until("player.dataset.future === '1'")
    assert player.actions() == "[Heal()]"
    player.view.locator(".rk-futures button").first.click()
    player.until("player.dataset.future === '0'")
    assert player.opened.errors() == []
    player.opened.use_theme("JupyterLab Dark")
    player.opened.keep_screenshot("player_dark")


def test_a_client_asks_and_is_told(watch):
    player = watch(
        "from raftkit import Cluster, play\n"
        "cluster = Cluster(servers=3, seed=7, clients=1)\n"
        "player = play(cluster, at_ms=400, speed=1)\n"
        "player"
    )
    player.press("o")
    player.view.get_by_label("What is requested").fill("y=7")
    player.view.get_by_role("button", name="A client's request to the leader").click()
    player.until("player.querySelector('.rk-events').textContent.includes('y=7')")
    player.view.locator(".rk-client").click()
    player.view.get_by_label("What C1 asks for").fill("y+=8")
    player.view.get_by_role("button", name="Ask", exact=True).click()
    player.until("player.querySelector('.rk-details').textContent.includes('y+=8, of S')")
    player.press(" ")
    player.until("player.querySelector('.rk-details').textContent.includes('y+=8 → 78')")


def test_a_digit_shows_the_scene_of_its_number(watch):
    player = watch(SHOW)
    player.press("7")
    player.until("player.querySelector('.rk-narration').textContent.includes('Cut off')")
    player.until("player.querySelectorAll('.rk-link-cut').length === 4")
    assert player.actions().startswith("[Partition(")


def test_everything_can_be_done_from_the_keyboard(watch):
    player = watch(SHOW, "'the next cell'")
    cells = len(player.opened.code_cells())
    start = player.time()

    player.press("ArrowRight")
    player.until(f"Number(player.dataset.time) > {start}")
    player.press("[")
    player.until(f"Number(player.dataset.time) < {start}")
    player.press("]")
    player.press("c")
    player.until("player.querySelector('.rk-events').textContent.includes('x=1')")
    player.server("S1").focus()
    player.page.keyboard.press("Enter")
    player.until("player.querySelector('.rk-details h4').textContent === 'S1'")
    player.press("?")
    player.until("!player.querySelector('.rk-overlay').hidden")
    for key in ("a", "b", "d", "t", "r", "x", "n", " "):
        player.press(key)

    assert len(player.opened.code_cells()) == cells, "a key has reached JupyterLab"
    # What is said aloud: the live region has words.
    player.press(" ")
    assert player.view.locator(".rk-live").text_content()


def test_two_views_share_one_clock_and_boxes_take_it(watch):
    player = watch(
        SHOW,
        "from ipywidgets import VBox, FloatSlider\n"
        "seen = []\n"
        "player.observe(lambda change: seen.append(change.new), 'time')\n"
        "VBox([player, FloatSlider()])",
    )
    page = player.page
    page.wait_for_function(f"document.querySelectorAll('{PLAYER}').length === 2")

    player.press("ArrowRight")
    page.wait_for_function(
        f"""() => {{
            const [one, other] = document.querySelectorAll('{PLAYER}');
            return one.dataset.time === other.dataset.time && Number(one.dataset.time) > 400000;
        }}"""
    )
    seen = json.loads(player.opened.run_python("print(seen)"))
    assert seen[-1] > 400

    # Python moves it as well.
    player.opened.run_python("player.time = 123.0")
    player.until("player.dataset.time === '123000'")


def test_beside_another_it_has_its_share_of_the_width(watch):
    player = watch(SHOW, "from ipywidgets import HBox\nHBox([play(cluster), play(cluster)])")
    player.page.wait_for_function(f"document.querySelectorAll('{PLAYER}').length === 3")

    alone, *beside = player.page.locator(PLAYER).evaluate_all(
        "players => players.map((each) => each.getBoundingClientRect().width)"
    )

    assert [round(width / alone, 1) for width in beside] == [0.5, 0.5]


def test_the_clock_stays_beside_the_picture(watch):
    player = watch(SHOW)
    both = """player => {
        const [picture, button] = [".rk-diagram", ".rk-play"].map(
            (part) => player.querySelector(part).getBoundingClientRect());
        return [button.bottom - picture.top, button.top - picture.top];
    }"""
    height, before = player.view.evaluate(both)

    player.server("S2").click()
    player.until("player.querySelector('.rk-details h4') !== null")

    assert height < 500
    assert player.view.evaluate(both)[1] == before


def test_in_a_lecture_what_is_chosen_is_shown(watch):
    player = watch(SHOW)
    player.press("m")
    player.until("player.classList.contains('rk-lecture')")
    player.server("S2").click()

    assert player.view.get_by_role("button", name="Stop", exact=True).is_visible()
    assert player.view.locator(".rk-play").is_visible()


def test_the_sliders_stand_as_the_network_is(watch):
    player = watch(SHOW)
    player.press("o")
    loss, delays = (player.view.get_by_label(label) for label in ("Loss", "Delays"))
    loss.fill("30")
    player.until("player.querySelector('.rk-events').textContent.includes('lose 30')")

    # Before the action the network was fine, and it is so again when somebody else mends it.
    player.press("[")
    player.until("player.querySelector('.rk-network output').textContent === '0 %'")
    player.press("]")
    player.until("player.querySelector('.rk-network output').textContent === '30 %'")
    delays.fill("20")
    player.until(
        "player.querySelector('.rk-events').textContent.includes('lose 30%, repeat 0%, hold up 20')"
    )


def test_a_reload_finds_it_again_and_a_dead_kernel_is_said(watch):
    player = watch(SHOW)
    player.press("ArrowRight")
    player.until("Number(player.dataset.time) > 400000")

    player.opened.command("docmanager:save", {})
    player.page.reload()
    again = Watched(player.opened)
    again.until("Number(player.dataset.time) > 400000")

    player.opened.page.evaluate(
        "window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()"
    )
    player.page.clock.install()
    again.press("c")
    player.page.clock.run_for(6_000)
    again.until("player.querySelector('.rk-status').textContent.includes('No kernel answers')")
    again.until("!player.classList.contains('rk-acting')")


def test_notebook_7_shows_it_too(tmp_path, lab, browser):
    path = notebook(tmp_path / "in_notebook_7.ipynb", SHOW)
    shutil.copyfile(path, lab.folder / path.name)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(f"{lab.url}/notebooks/{path.name}?token={lab.token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")

    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    cell = page.locator(".jp-Cell .cm-content").first
    cell.click()
    runs = "/[*0-9]/.test(document.querySelector('.jp-Cell .jp-InputPrompt').textContent)"
    # Keys that come before the page knows them run nothing, so a slow page gets them again.
    while not page.evaluate(runs):
        cell.press("Shift+Enter")
        with suppress(TimeoutError):
            page.wait_for_function(runs, timeout=5_000)
    view = page.locator(PLAYER)
    view.wait_for()
    view.focus()
    page.keyboard.press("c")  # which copies a cell, if it gets past the player

    page.wait_for_function(
        f"() => document.querySelector('{PLAYER} .rk-events').textContent.includes('x=1')"
    )
    page.close()


BY_HAND = """\
from raftkit import Schedule, check, play, try_out
from raftkit.simulator import *

def break_the_voter() -> Schedule:
    raise NotImplementedError

player = play(try_out(break_the_voter))
player"""


def test_a_schedule_is_clicked_together_and_handed_in(watch):
    player = watch(BY_HAND)
    view = player.view

    def done(number):
        player.until(f"player.dataset.time === '{number}000'")

    def time_out(name, number):
        player.server(name).click()
        view.get_by_role("button", name="Time out", exact=True).click()
        done(number)

    def deliver(source, target, number):
        dot = view.get_by_role("button", name=f"from {source} to {target}").first
        dot.click()
        view.get_by_role("button", name="Deliver", exact=True).click()
        done(number)

    time_out("S1", 1)
    deliver("S1", "S3", 2)
    player.opened.keep_screenshot("player_by_hand")
    deliver("S3", "S1", 3)
    time_out("S2", 4)
    # The other way: a double click delivers at once.
    view.get_by_role("button", name="from S2 to S3").dblclick()
    done(5)
    deliver("S3", "S2", 6)

    # Two leaders: the clock stands, and who is to blame is outlined.
    player.until("player.querySelectorAll('.rk-server.rk-culprit').length > 0")
    broken = view.locator(".rk-events .rk-broken").last.text_content()
    assert broken.startswith("Election Safety (§5.2) is broken")
    view.get_by_role("button", name="Requests, weather, links to share").click()
    view.get_by_role("button", name="This run as actions by hand").click()
    body = view.locator(".rk-overlay pre").text_content()
    player.opened.keep_screenshot("player_by_hand_broken")

    code = f"def break_the_voter() -> Schedule:\n{body}\nprint(check('6.2', break_the_voter).score)"
    assert player.opened.run_python(code).strip() == "6 of 6 points"


def test_hands_off_and_time_goes_on(watch):
    player = watch(BY_HAND)

    player.press("d")
    player.until("!player.classList.contains('rk-by-hand')")
    player.press("c")
    player.press(" ")
    player.until("Number(player.dataset.time) > 3000")

    assert "HandsOff()" in player.actions()


def test_sliders_of_ipywidgets_drive_it(watch):
    player = watch(
        SHOW,
        "from ipywidgets import interact\n"
        "def drive(ms=(0, 2_000), fast=False, running=False):\n"
        "    player.time, player.speed, player.playing = ms, 1 / 10 if fast else 1 / 50, running\n"
        "driven = interact(drive)",
    )
    player.until("player.dataset.time === '1000000'")

    player.opened.run_python("driven.widget.children[0].value = 700")
    player.until("player.dataset.time === '700000'")
    player.opened.run_python("driven.widget.children[1].value = True")
    player.until("player.querySelector('.rk-bar select').value === '1/10×'")
    player.opened.run_python("driven.widget.children[2].value = True")
    player.until("Number(player.dataset.time) > 720000")
    player.until("player.querySelector('.rk-bar').textContent.includes('Pause')")
    assert player.opened.errors() == []
