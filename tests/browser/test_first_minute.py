"""What is seen of a player in its first minute, in saved pages whose clock the test turns."""

import pytest

from raftkit import Chapter, Cluster, Propose, Timeout, play, story

PLAYER = ".rk-player"
SCREENS = [(1366, 768), (1920, 1080)]


@pytest.fixture
def opened(browser, tmp_path):
    """Open a player's saved page; no time passes in it by itself."""
    pages = []

    def opened(player, **device):
        path = tmp_path / f"{len(pages)}.html"
        player.save_html(path, until_ms=2_000)
        page = browser.new_page(**device)
        pages.append(page)
        page.clock.install()
        page.goto(path.as_uri())
        page.wait_for_selector(PLAYER)
        return page

    yield opened
    for page in pages:
        page.close()


def time(page):
    return int(page.locator(PLAYER).get_attribute("data-time"))


def until_it_plays(page):
    """A page is seen only some frames after it is loaded, and windows are unpacked meanwhile."""
    while not time(page):
        page.clock.run_for(50)


def test_it_plays_once_it_is_seen_and_elects_within_three_seconds(opened):
    page = opened(play(Cluster(servers=5, seed=7)))
    until_it_plays(page)
    page.clock.run_for(3_000)

    assert page.locator(".rk-thick").count() == 1
    assert "leader of term 1" in page.locator(".rk-thick").get_attribute("aria-label")


def test_an_idle_stretch_passes_quickly_and_says_so(opened):
    page = opened(play(Cluster(servers=5, seed=7)))
    until_it_plays(page)
    page.clock.run_for(300)

    assert "idle" in page.locator(".rk-hurry").text_content()


def test_it_stands_if_it_is_still_or_motion_is_reduced(opened):
    still = opened(play(Cluster(servers=3, seed=7), still=True))
    reduced = opened(play(Cluster(servers=3, seed=7)), reduced_motion="reduce")
    for page in (still, reduced):
        page.clock.run_for(3_000)
        assert time(page) == 0


def test_the_arc_is_what_is_left_and_a_key_hides_it(opened):
    cluster = Cluster(servers=5, seed=7)
    page = opened(play(cluster, still=True))
    page.wait_for_function("document.querySelector('.rk-timer').getAttribute('stroke-dasharray')")
    shares = page.locator(".rk-timer").evaluate_all(
        "arcs => arcs.map((arc) => Number(arc.getAttribute('stroke-dasharray').split(' ')[0]))"
    )
    cluster.run(ms=400)
    first = next(step.process for step in cluster.history.steps() if hasattr(step.event, "timer"))

    assert min(shares) > 0.4  # From 150 to 300 of 300 ms.
    assert f"S{shares.index(min(shares)) + 1}" == first
    page.locator(PLAYER).focus()
    page.keyboard.press("g")
    assert not page.locator(".rk-timer:visible").count()


def test_a_story_asks_waits_and_tells(opened):
    told = story(
        "Who leads?",
        Chapter("S2 stands. Who votes for it?", "Everybody does.", (Timeout("S2"),), ms=40),
        Chapter("Is x=1 safe?", "A majority has it.", (Propose("x=1"),), ms=100),
        servers=3,
        seed=3,
    )
    page = opened(told)
    said = page.locator(".rk-narration")
    page.clock.run_for(2_000)
    assert (said.text_content(), time(page)) == ("S2 stands. Who votes for it?", 0)

    page.locator(PLAYER).focus()
    page.keyboard.press("n")
    page.clock.run_for(300)
    assert said.text_content() == "Everybody does."
    page.clock.run_for(5_000)
    assert (said.text_content(), time(page)) == ("Is x=1 safe?", 41_000)

    page.keyboard.press("n")
    page.clock.run_for(20_000)
    assert (said.text_content(), time(page)) == ("A majority has it.", 142_000)

    page.keyboard.press(" ")
    page.clock.run_for(2_000)
    assert time(page) > 142_000
    for question in ("Is x=1 safe?", "S2 stands. Who votes for it?"):
        page.keyboard.press("p")
        page.clock.run_for(300)
        assert said.text_content() == question
    assert time(page) == 0


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("servers", [5, 9])
def test_in_a_lecture_nothing_is_below_the_fold(opened, width, height, servers):
    page = opened(
        play(Cluster(servers=servers, seed=7)), viewport={"width": width, "height": height}
    )
    until_it_plays(page)
    page.locator(PLAYER).focus()
    page.keyboard.press("m")
    page.wait_for_selector(".rk-lecture")
    page.clock.run_for(500)

    for part in (".rk-bar", ".rk-diagram", ".rk-story", ".rk-logs", ".rk-legend"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part
    letters = page.locator(".rk-narration").evaluate("each => getComputedStyle(each).fontSize")
    assert float(letters.removesuffix("px")) >= 18


def test_on_a_phone_the_picture_comes_first_and_the_page_does_not_move_sideways(opened):
    page = opened(play(Cluster(servers=5, seed=7)), viewport={"width": 390, "height": 844})
    picture = page.locator(".rk-diagram").bounding_box()

    assert picture["width"] > 300
    assert picture["y"] + picture["height"] < 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_mark_of_a_server_is_on_a_text_of_another(opened):
    for servers in (2, 5, 9, 15):
        page = opened(play(Cluster(servers=servers, seed=7)))
        until_it_plays(page)
        page.clock.run_for(1_700)
        boxes = page.locator(".rk-server").evaluate_all(
            """servers => servers.flatMap((server) => [...server.querySelectorAll("text")]
                .filter((text) => text.textContent && !text.matches(".rk-rule-name"))
                .map((text) => [server.dataset.server, text.getBoundingClientRect().toJSON()]))"""
        )
        reaches = page.locator(".rk-server .rk-selection").evaluate_all(
            "circles => circles.map((each) => each.getBoundingClientRect().toJSON())"
        )
        assert len(boxes) >= 2 * servers
        for owner, text in boxes:
            for number, circle in enumerate(reaches, 1):
                if owner == f"S{number}":
                    continue
                middle = circle["x"] + circle["width"] / 2, circle["y"] + circle["height"] / 2
                across = max(text["left"] - middle[0], 0, middle[0] - text["right"])
                down = max(text["top"] - middle[1], 0, middle[1] - text["bottom"])
                assert (across**2 + down**2) ** 0.5 > circle["width"] / 2 - 3, (text, number)
