"""The player under a finger, from the keyboard, read aloud, without motion, in few colours."""

import os
import re
from pathlib import Path

import pytest

from raftkit import Cluster
from raftkit.simulator import Timeout
from raftkit.views.player import play

PLAYER = ".rk-player"
PHONE = {"width": 400, "height": 700}
HOUR = 3_600  # seconds
LONG_PRESS = 600  # milliseconds, and a little more than the player waits for


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Five servers while S1 asks for votes: all its messages are in the air."""
    cluster = Cluster(servers=5, seed=7)
    cluster.do(Timeout("S1"))
    cluster.run(ms=200)
    path = tmp_path_factory.mktemp("recording") / "votes.html"
    play(cluster, title="An election", at_ms=2.5).save_html(path)
    return path


@pytest.fixture
def open_player(browser, recording):
    """Open the recording on a device: `open_player(has_touch=True, ...)`; errors fail the test."""
    pages, errors = [], []

    def opened(**device):
        page = browser.new_context(**device).new_page()
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.clock.install(time=0)
        page.goto(recording.as_uri())
        page.wait_for_selector(f"{PLAYER}[data-time='2500'] .rk-dot")
        return page

    yield opened
    assert errors == []
    for page in pages:
        page.context.close()


@pytest.fixture
def phone(open_player):
    page = open_player(has_touch=True, is_mobile=True, viewport=PHONE)
    # On a busy machine a tap may take as long as a long press, so the page's time stands still.
    page.clock.pause_at(HOUR)
    return page


def keep_screenshot(page, name):
    """Save the page as NAME.png to the folder in RAFTKIT_SCREENSHOTS, if set."""
    folder = os.environ.get("RAFTKIT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def said(page):
    """What a screen reader was last told."""
    return page.locator(".rk-live").text_content()


def at_middle_of(page, selector):
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Finger:
    """One finger on the screen."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def _send(self, kind, *points):
        touches = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, start, end):
        (x, y), (to_x, to_y) = start, end
        self._send("touchStart", start)
        for step in range(1, 9):
            self._send("touchMove", (x + (to_x - x) * step / 8, y + (to_y - y) * step / 8))
        self._send("touchEnd")

    def press(self, at):
        self._send("touchStart", at)
        self.page.clock.run_for(LONG_PRESS)
        self._send("touchEnd")


# A finger --------------------------------------------------------------------------------


def test_a_tap_opens_a_server_and_cuts_a_link(phone):
    phone.locator("[data-server=S2] .rk-disc").tap()
    assert phone.locator(".rk-details h4").text_content() == "S2"

    phone.touchscreen.tap(*at_middle_of(phone, "[data-ends='S3 S4']"))

    assert said(phone) == "The link S3 – S4 is cut."
    keep_screenshot(phone, "player_phone")


def test_a_tap_beside_a_message_means_the_message(phone):
    x, y = at_middle_of(phone, ".rk-dot .rk-dot-disc")

    phone.touchscreen.tap(x + 9, y)

    assert phone.locator(".rk-details h4").text_content().startswith("Message from S1 to ")


def test_a_stroke_of_the_finger_parts_the_servers_and_the_page_stands_still(phone):
    box = phone.locator(".rk-diagram").bounding_box()
    left, right = box["x"] + 4, box["x"] + box["width"] - 4

    Finger(phone).drag((left, box["y"] + 8), (right, box["y"] + box["height"] - 8))

    assert said(phone).startswith("Cut off: S")
    assert phone.evaluate("window.scrollY") == 0
    # Elsewhere the same stroke scrolls, so it is the picture that holds the page.
    Finger(phone).drag(at_middle_of(phone, ".rk-events"), (200, 60))
    phone.wait_for_function("window.scrollY > 0")


def test_a_long_press_stops_a_server_loses_a_message_and_cuts_one_way(phone):
    finger = Finger(phone)

    finger.press(at_middle_of(phone, "[data-server=S2] .rk-disc"))
    assert said(phone) == "S2 stops."
    finger.press(at_middle_of(phone, ".rk-dot .rk-dot-disc"))
    assert said(phone).startswith("RequestVote")
    assert said(phone).endswith(" is lost.")
    finger.press(at_middle_of(phone, "[data-ends='S3 S4']"))
    assert said(phone) == "The link S3 – S4 is cut."

    # The finger's leaving is no tap: nothing has been opened.
    assert phone.locator(".rk-details h4").count() == 0


def test_what_is_to_be_touched_is_large_enough(phone):
    small = phone.locator(".rk-player button:visible").evaluate_all(
        "buttons => buttons.filter((each) => each.getBoundingClientRect().height < 40).length"
    )
    assert small == 0
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


# A mouse with two buttons ----------------------------------------------------------------


def test_a_right_click_does_what_a_long_press_does(open_player):
    page = open_player()

    page.mouse.click(*at_middle_of(page, "[data-server=S2] .rk-disc"), button="right")
    assert said(page) == "S2 stops."
    page.mouse.click(*at_middle_of(page, ".rk-dot .rk-dot-disc"), button="right")
    assert said(page).endswith(" is lost.")
    page.mouse.click(*at_middle_of(page, "[data-server=S2] .rk-disc"))
    assert page.locator(".rk-details h4").text_content() == "S2"


# A keyboard, and a voice -----------------------------------------------------------------


def test_servers_messages_and_links_are_reached_with_tab_and_say_what_they_are(open_player):
    page = open_player()
    page.locator(PLAYER).focus()
    names = []
    for _ in range(24):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel"))

    server = "S1 is candidate of term 1, voted for S1; log up to 0, committed up to 0"
    assert 0 <= names.index(server) < names.index("Link between S1 and S2: works")
    asked = [name for name in names if name and name.startswith("RequestVote from S1 to ")]
    assert len(asked) == page.locator(".rk-dot[aria-label^='RequestVote from S1']").count() > 1


def test_a_message_is_opened_and_lost_with_keys(open_player):
    page = open_player()
    page.locator(".rk-dot").first.focus()

    page.keyboard.press("Enter")
    assert page.locator(".rk-details h4").text_content().startswith("Message from S1 to ")
    page.keyboard.press("Delete")
    assert said(page).endswith(" is lost.")
    assert page.evaluate("document.activeElement.classList.contains('rk-dot')")
    # When it has arrived the keys still work.
    page.keyboard.press("]")
    page.wait_for_selector(f"{PLAYER}[data-time='7912']")
    page.keyboard.press("[")
    page.wait_for_selector(f"{PLAYER}[data-time='0']")


def test_the_voice_says_each_event_and_while_it_plays_only_what_matters(open_player):
    page = open_player()
    page.locator(PLAYER).focus()

    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"{PLAYER}:not([data-time='2500'])")
    assert said(page) == "S1 Counts: 2 for, 0 against so far (§5.2)."
    page.keyboard.press("]")
    page.wait_for_selector(f"{PLAYER}[data-time='7912']")
    assert said(page) == "S1 Has the votes of a majority: leads term 1 (§5.2)."
    page.evaluate(
        """() => {
            window.heard = [];
            const live = document.querySelector(".rk-live");
            new MutationObserver(() => window.heard.push(live.textContent)).observe(
                live, {childList: true, characterData: true, subtree: true});
        }"""
    )
    page.keyboard.press("Home")
    page.get_by_role("slider", name="Time").fill("0")
    page.locator(PLAYER).focus()
    page.keyboard.press(" ")
    page.clock.run_for(2_000)
    heard = page.evaluate("window.heard")
    assert "S1 leads term 1" in heard
    assert len(heard) < 8


def test_a_focus_is_seen(open_player):
    page = open_player()
    page.locator(PLAYER).focus()
    page.keyboard.press("Tab")
    for selector, part in ((".rk-dot", ".rk-dot-target"), (".rk-server", ".rk-selection")):
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        stroke = page.locator(f"{selector}:focus-visible {part}").evaluate(
            "part => getComputedStyle(part).stroke"
        )
        assert stroke.startswith("rgb")


# Less motion, other colours --------------------------------------------------------------


def test_with_less_motion_it_goes_from_event_to_event_and_nothing_glides(open_player):
    page = open_player(reduced_motion="reduce")
    assert "rk-reduced-motion" in page.locator(PLAYER).get_attribute("class")
    assert "Play" in page.locator(".rk-bar").text_content()
    page.evaluate(
        f"""() => {{
            window.times = [];
            const player = document.querySelector("{PLAYER}");
            new MutationObserver(() => window.times.push(player.dataset.time)).observe(
                player, {{attributeFilter: ["data-time"]}});
        }}"""
    )
    page.locator(PLAYER).focus()
    page.keyboard.press(" ")
    page.clock.run_for(3_500)

    times = page.evaluate("[...new Set(window.times)]")
    assert 2 <= len(times) <= 5
    page.keyboard.press(" ")
    assert "Play" in page.locator(".rk-bar").text_content()


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("forced", {"forced_colors": "active"}),
        ("forced_dark", {"forced_colors": "active", "color_scheme": "dark"}),
        ("still", {"reduced_motion": "reduce"}),
    ],
)
def test_text_and_servers_are_seen_in_every_scheme(open_player, name, device):
    page = open_player(**device)
    page.locator("[data-server=S1]").click()
    keep_screenshot(page, f"player_{name}")

    ground = page.locator(PLAYER).evaluate("each => getComputedStyle(each).backgroundColor")
    for selector, side in ((PLAYER, "color"), (".rk-role", "fill"), (".rk-dot-arrow", "fill")):
        ink = page.locator(selector).first.evaluate(
            "(each, side) => getComputedStyle(each)[side]", side
        )
        assert contrast(ink, ground) > 4.5, selector
    disc, letters = page.locator("[data-server=S1]").evaluate(
        """server => [".rk-disc", ".rk-badge"].map(
            (part) => getComputedStyle(server.querySelector(part)).fill)"""
    )
    assert contrast(letters, disc) > 4.5


def contrast(one, other):
    """How well two colours of CSS are told apart, from 1 to 21, as WCAG 2 has it."""

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)
