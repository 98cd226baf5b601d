"""A recording as one file: it plays with no kernel and no network, for as long as one likes."""

import pytest

from raftkit import Cluster
from raftkit.simulator import Crash
from raftkit.views.player import play

PLAYER = ".rk-player"
FIVE_MINUTES = 300_000


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Five virtual minutes of five servers, one of which falls and comes back."""
    cluster = Cluster(servers=5, seed=7)
    cluster.run(ms=1_000)
    cluster.crash(cluster.leader)
    cluster.run(ms=1_000)
    path = tmp_path_factory.mktemp("recording") / "run.html"
    player = play(cluster, title="Five minutes", speed=1, at_ms=900)
    player.save_html(path, until_ms=FIVE_MINUTES)
    return path


@pytest.fixture
def page(browser, recording):
    page = browser.new_page()
    page.context.set_offline(True)
    page.clock.install()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(recording.as_uri())
    page.wait_for_selector(PLAYER)
    yield page
    assert errors == []
    page.close()


def heap(page):
    """The bytes of JavaScript's heap after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def nodes(page):
    return page.evaluate("document.querySelectorAll('*').length")


def play_for(page, milliseconds):
    """Let the page's own clock run; no time passes for anybody else."""
    page.clock.run_for(milliseconds)


def test_it_opens_as_the_player_was(page):
    page.wait_for_selector(f"{PLAYER}[data-time='900000']")
    words = page.locator(".rk-server").evaluate_all(
        "servers => servers.map((server) => server.ariaLabel)"
    )

    assert sum("is leader of term 1" in each for each in words) == 1
    assert sum("is follower of term 1" in each for each in words) == 4


def test_it_plays_by_itself(page):
    page.locator(PLAYER).focus()
    page.keyboard.press(" ")
    play_for(page, 1_500)

    assert int(page.locator(PLAYER).get_attribute("data-time")) > 2_000_000
    assert page.locator(".rk-down").count() == 1
    page.keyboard.press("c")
    play_for(page, 100)
    assert "can be played, not changed" in page.locator(".rk-status").text_content()


def test_it_says_that_it_is_a_recording_and_offers_no_actions(page):
    page.locator("[data-server=S2] .rk-disc").click()

    assert "can be played, not changed" in page.locator("header").inner_text()
    assert page.locator(".rk-details h4").text_content() == "S2"
    assert page.get_by_role("button", name="Play or pause").is_visible()
    for label in ("Request", "Stop", "Heal", "An election"):
        assert not page.locator(f"button:visible:text-is('{label}')").count()


def test_five_minutes_of_play_need_no_more_memory_than_one(page):
    page.locator(PLAYER).focus()
    page.keyboard.press(" ")
    play_for(page, 60_000)
    early, few = heap(page), nodes(page)
    play_for(page, 240_000)

    assert int(page.locator(PLAYER).get_attribute("data-time")) > 290_000_000
    assert heap(page) < 1.1 * early
    assert nodes(page) < few + 100


def test_less_motion_is_respected(browser, recording):
    page = browser.new_page(reduced_motion="reduce")
    page.goto(recording.as_uri())
    page.wait_for_selector(PLAYER)

    assert "rk-reduced-motion" in page.locator(PLAYER).get_attribute("class")
    page.close()


def test_a_link_to_a_moment_opens_there(browser, recording):
    page = browser.new_page()
    page.goto(recording.as_uri())
    page.wait_for_selector(PLAYER)
    page.get_by_role("slider", name="Time").fill("10")
    shown = page.locator(PLAYER).get_attribute("data-time")
    page.keyboard.press("Escape")
    page.locator(PLAYER).focus()
    page.keyboard.press("s")
    link = page.locator(".rk-overlay pre").text_content().split("\n")[0]
    opened, damaged = browser.new_page(), browser.new_page()
    opened.goto(link)
    opened.wait_for_selector(f"{PLAYER}[data-time='{shown}']")
    damaged.goto(link[:-5])

    assert opened.locator(".rk-status").text_content() == ""
    damaged.wait_for_function(
        "document.querySelector('.rk-status')?.textContent.includes('a part of it is missing')"
    )
    for each in (page, opened, damaged):
        each.close()


def test_one_switches_between_the_futures_and_each_is_played(browser, tmp_path):
    player = play(Cluster(servers=3, seed=7), speed=1, still=True)
    player.windows(2)
    player._futures.act(1_000_000, [Crash("S1")], watched_until=5_000_000)
    player.windows(0)
    player.time = 1_500.0
    player.save_html(tmp_path / "run.html")
    page = browser.new_page()
    page.goto((tmp_path / "run.html").as_uri())
    page.wait_for_selector(f"{PLAYER}[data-time='1500000']")
    assert page.locator(".rk-down").count() == 1

    page.get_by_role("button", name="the first future").click()
    page.wait_for_function("!document.querySelector('.rk-down')")
    page.get_by_role("button", name="S1 crashes").click()
    page.wait_for_selector(".rk-down", state="attached")
    page.close()
