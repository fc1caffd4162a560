"""The chat page in a real browser, as a person uses it in `briefings try`."""

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.simulator import Simulator, State
from bot.simulator.page import READER

CHROMIUM = shutil.which("chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
EDITION = """<b>Duma clears RELOS</b>: <i>bases</i> &amp; ports
<blockquote expandable>one
two
three
four
five</blockquote>
<a href="https://wire.example/relos">Sample Wire</a> · <code>3 Dec</code> · /relos"""
FOLLOW = {"inline_keyboard": [[{"text": "Follow RELOS", "callback_data": "follow:relos"}]]}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="no chromium on this machine: the chat page goes untested"
)
ApiCall = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(clock=lambda: datetime(2025, 12, 4, 7, 30, tzinfo=UTC)) as simulator:
        yield simulator


@pytest.fixture
async def call(sim: Simulator) -> AsyncIterator[ApiCall]:
    """Calls a method as the bot would, and returns its result."""
    async with aiohttp.ClientSession() as session:

        async def post(method: str, **params: Any) -> Any:
            async with session.post(f"{sim.url}/bot{sim.token}/{method}", json=params) as response:
                answer = await response.json()
                assert answer["ok"], answer
                return answer["result"]

        yield post


@pytest.fixture
async def page(sim: Simulator) -> AsyncIterator[Page]:
    assert CHROMIUM, "CI must have chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        opened = await browser.new_page(viewport={"width": 390, "height": 844})
        opened.set_default_timeout(10_000)
        faults: list[str] = []
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        await opened.goto(sim.page_url)
        yield opened
        await browser.close()
        assert faults == []


async def bot_gets(sim: Simulator, text: str) -> None:
    """Wait until an update holds this message for the bot."""

    def is_queued(state: State) -> bool:
        return any(update.get("message", {}).get("text") == text for update in state.updates)

    await sim.state.wait_for(is_queued)


async def test_a_reader_starts_reads_an_edition_and_presses_a_button(page: Page, sim: Simulator, call: ApiCall) -> None:
    await page.get_by_role("button", name="Start").click()
    await bot_gets(sim, "/start")
    await expect(page.locator(".mine .text")).to_have_text("/start")
    await call("sendMessage", chat_id=READER, text=EDITION, parse_mode="HTML", reply_markup=FOLLOW)

    bubble = page.locator(".message:not(.mine)")
    await expect(bubble.locator("b")).to_have_text("Duma clears RELOS")
    await expect(bubble.locator("i")).to_have_text("bases")
    await expect(bubble.locator("code")).to_have_text("3 Dec")
    await expect(bubble.locator("a")).to_have_attribute("href", "https://wire.example/relos")
    await expect(bubble.locator(".text")).to_contain_text("bases & ports")

    more = bubble.get_by_role("button", name="Show more")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(bubble.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")

    await bubble.get_by_role("button", name="/relos").click()
    await bot_gets(sim, "/relos")

    await page.get_by_role("button", name="Follow RELOS").click()
    query = await sim.state.wait_for(lambda state: next(iter(state.presses.values()), None))
    assert query
    await call("answerCallbackQuery", callback_query_id=query.id, text="Followed")
    await expect(page.get_by_role("alert")).to_have_text("Followed")
    await call(
        "editMessageText", chat_id=READER, message_id=sim.state.sent(READER)[0].message_id, text="Followed RELOS"
    )
    await expect(bubble).to_have_count(1)
    await expect(bubble.locator(".text")).to_have_text("Followed RELOS")
    await expect(bubble.locator(".stamp")).to_contain_text("edited")


async def test_a_reader_types_and_chooses_commands(page: Page, sim: Simulator, call: ApiCall) -> None:
    menu = [{"command": name, "description": f"About {name}"} for name in ("relos", "s400", "search")]
    await call("setMyCommands", commands=menu)
    box, options = page.get_by_label("Message", exact=True), page.get_by_role("option")
    await page.get_by_role("button", name="Commands").click()
    await expect(options).to_have_count(3)
    await box.press_sequentially("s")
    await expect(options).to_have_count(2)
    await box.press("ArrowDown")
    await box.press("Enter")
    await bot_gets(sim, "/s400")
    await expect(box).to_have_value("")
    await box.fill('/search "air defence" <b>not bold</b>')
    await box.press("Enter")
    await bot_gets(sim, '/search "air defence" <b>not bold</b>')
    await expect(page.locator(".mine").last).to_contain_text("<b>not bold</b>")
    await expect(page.locator(".mine b")).to_have_count(0)


async def test_the_page_shows_the_newest_message_and_follows_changes(page: Page, sim: Simulator, call: ApiCall) -> None:
    sim.state.person(READER)
    for number in range(30):
        await call("sendMessage", chat_id=READER, text=f"Message {number}")
    await expect(page.get_by_text("Message 29", exact=True)).to_be_in_viewport()
    await call("sendChatAction", chat_id=READER, action="typing")
    await expect(page.get_by_role("status")).to_have_text("typing…")
    await call("deleteMessage", chat_id=READER, message_id=sim.state.sent(READER)[-1].message_id)
    await expect(page.get_by_text("Message 29", exact=True)).to_have_count(0)
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


async def test_an_instant_is_shown_by_the_viewers_clock(page: Page, sim: Simulator, call: ApiCall) -> None:
    assert page.context.browser
    abroad = await page.context.browser.new_page(timezone_id="Asia/Kolkata", locale="en-GB")
    await abroad.goto(sim.page_url)
    since = '<tg-time unix="1764748800" format="wdt">Wed 08:00</tg-time>'
    text = f'Since {since}, next <tg-time unix="1764918000" format="">07:00 UTC</tg-time>.'
    await call("sendMessage", chat_id=READER, text=text, parse_mode="HTML")
    instants = abroad.locator(".message time.instant")
    await expect(instants).to_have_text(["Wed, 3 Dec 2025, 13:30", "07:00 UTC"])
    await expect(instants.first).to_have_attribute("title", "Wed 08:00")
    await expect(instants.last).to_have_attribute("title", re.compile("5 December 2025 at 12:30"))
    await abroad.close()
