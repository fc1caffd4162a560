"""The simulator over real HTTP: as strict as Telegram, failing on demand, and plain about its own failures."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import tdjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.simulator import Simulator
from bot.simulator.entities import tidy, units
from bot.simulator.markup import MarkupError, parse
from bot.simulator.webhooks import ThisMachine

READER, GROUP = 5, -100
NOON = datetime(2025, 12, 4, 12, tzinfo=UTC)
ApiCall = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(clock=lambda: NOON) as simulator:
        simulator.state.person(READER)
        simulator.state.group(GROUP, "Desk", admins=[7, 8], threads=[40])
        yield simulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(sim: Simulator, http: aiohttp.ClientSession) -> ApiCall:
    """Calls a method with JSON, and returns Telegram's answer."""

    async def post(method: str, **params: Any) -> dict[str, Any]:
        async with http.post(f"{sim.url}/bot{sim.token}/{method}", json=params) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == (200 if answer["ok"] else answer["error_code"])
            return answer

    return post


# Markup, against the parser inside Telegram's own library

SNIPPETS = {
    "plain": "just words",
    "every-style": "<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><ins>f</ins><s>g</s><del>h</del>",
    "spoilers": '<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>',
    "utf16-offsets": "🇮🇳 <b>é👍</b> <i>x</i>",
    "nested": "<b>a<i>b<u>c</u></i></b>",
    "same-inside-same": "<b>a<b>b</b>c</b>",
    "adjacent": "<b>a</b><b>b</b>",
    "link": '<a href="http://e.com/?a=1&amp;b=2">x</a>',
    "link-without-path": "<a href='HTTPS://E.com?q'>x</a>",
    "link-without-scheme": '<a href="e.com">x</a>',
    "link-to-script": '<a href="javascript:alert(1)">x</a>',
    "link-to-nowhere": "<a>x</a>",
    "link-to-person": '<a href="tg://user?id=7">x</a>',
    "code-and-bold": "<b>a<code>b</code>c</b>",
    "pre-with-language": '<pre><code class="language-python">x = 1</code></pre>',
    "quote": "x\n<blockquote>q</blockquote>\ny",
    "expandable-quote": "<blockquote expandable>a<b>b</b></blockquote>",
    "quote-in-quote": "<blockquote>a<blockquote>b</blockquote></blockquote>",
    "quote-in-link": "<a href='http://e.com'>a<blockquote>b</blockquote></a>",
    "emoji": '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
    "instant": 'at <tg-time unix="1647531900" format="wDT">22:45 tomorrow</tg-time>.',
    "instant-without-format": '<tg-time unix="1647531900">a</tg-time> <tg-time unix="7" format="">b</tg-time>',
    "instant-relative": '<tg-time unix="1647531900" format="R">a</tg-time>',
    "instant-of-odd-format": '<tg-time unix="1647531900" format="tTdDW">a</tg-time>',
    "instant-of-wrong-format": '<b>x</b> <tg-time unix="1647531900" format="zz">a</tg-time>',
    "instant-relative-and-more": '<tg-time unix="1647531900" format="rw">a</tg-time>',
    "instant-without-time": '<tg-time>a</tg-time><tg-time unix="0">b</tg-time><tg-time unix="-5">c</tg-time>',
    "instant-after-the-last": '<tg-time unix="2147483648">a</tg-time><tg-time unix="2147483647">b</tg-time>',
    "instant-in-bold": '<b>a <tg-time unix="7" format="t">b</tg-time> c</b>',
    "bold-in-instant": '<tg-time unix="7" format="t">a <b>b</b></tg-time>',
    "instant-in-link": '<a href="http://e.com"><tg-time unix="7" format="t">a</tg-time></a>',
    "link-in-instant": '<tg-time unix="7" format="t">a <a href="http://e.com">b</a></tg-time>',
    "instant-in-code": '<code>a <tg-time unix="7" format="t">b</tg-time></code>',
    "instant-in-quote": '<blockquote expandable>a <tg-time unix="7" format="d">b</tg-time></blockquote>',
    "named-characters": "&lt;b&gt; &amp;amp; &quot;",
    "unknown-characters": "&nbsp;&apos;&copy; & &;",
    "numbered-characters": "&#65;&#x1F600;&#0;&#99999999;",
    "surrogate": "&#xD800;",
    "upper-case-tags": "<B>x</B >",
    "odd-attributes": "<b x = \"1\" y='2' z=3 w>t</b>",
    "end-tag-without-name": "<b>x</>",
    "empty-tags": "a<b></b>c",
    "only-blanks-in-bold": "a<b> </b>c",
    "bare-less-than": "a < b",
    "less-than-at-end": "é <",
    "unclosed": "<b>x",
    "unclosed-start": "<b",
    "unclosed-end": "<b>x</b",
    "crossed": "<b><i>x</b></i>",
    "wrong-end": "é<b>x</i>",
    "stray-end": "x</b>",
    "unknown-tag": "<p>x</p>",
    "line-break-tag": "a<br/>b",
    "comment": "<!-- x -->",
    "unquoted-address": "<a href=http://e.com>x</a>",
    "unclosed-quote-mark": "<a href='http://e.com>x</a>",
    "nameless-attribute": '<b "x">y</b>',
    "span-of-another-class": '<span class="x">y</span>',
    "emoji-without-id": "<tg-emoji>x</tg-emoji>",
}
JOINED = [
    "nested",
    "same-inside-same",
    "adjacent",
    "code-and-bold",
    "expandable-quote",
    "quote-in-quote",
    "quote-in-link",
    "instant",
    "instant-in-bold",
    "bold-in-instant",
    "instant-in-link",
    "link-in-instant",
    "instant-in-code",
    "instant-in-quote",
]
TD_NAMES = {
    "PreCode": "pre",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "DateTime": "date_time",
}


def telegram(request: dict[str, Any]) -> dict[str, Any]:
    tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
    answer: dict[str, Any] = json.loads(tdjson.td_execute(json.dumps(request).encode()) or b"{}")
    return answer


def their_parse(html: str) -> dict[str, Any]:
    return telegram({"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}})


def theirs(answer: dict[str, Any]) -> tuple[str, list[tuple[Any, ...]]] | str:
    if answer["@type"] == "error":
        return str(answer["message"]).removeprefix("Can't parse entities: ")
    entities = []
    for entity in answer["entities"]:
        name = entity["type"].pop("@type").removeprefix("textEntityType")
        detail = instant(entity["type"]) if name == "DateTime" else "".join(map(str, entity["type"].values()))
        entities.append((TD_NAMES.get(name, name.lower()), entity["offset"], entity["length"], detail))
    return answer["text"], entities


def instant(entity: dict[str, Any]) -> str:
    """The unix time of a date-time entity, and its format as the Bot API writes it: `1647531900 wDT`."""
    form = entity.get("formatting_type", {})
    parts = (
        "r" if form.get("@type") == "dateTimeFormattingTypeRelative" else "w" if form.get("show_day_of_week") else ""
    )
    for name, short in (("date_precision", "d"), ("time_precision", "t")):
        precision = form.get(name, {}).get("@type", "").removeprefix("dateTimePartPrecision")
        parts += {"Short": short, "Long": short.upper()}.get(precision, "")
    return f"{entity['unix_time']} {parts}".rstrip()


@pytest.mark.parametrize("html", SNIPPETS.values(), ids=SNIPPETS)
def test_reads_html_as_telegram_does(html: str) -> None:
    try:
        ours: object = (
            (parsed := parse(html)).text,
            [(e.type, e.offset, e.length, e.detail if e.type != "code" else "") for e in parsed.entities],
        )
    except MarkupError as refused:
        ours = str(refused)
    assert ours == theirs(their_parse(html))


@pytest.mark.parametrize("html", [SNIPPETS[name] for name in JOINED], ids=JOINED)
def test_joins_and_splits_entities_as_telegram_does(html: str) -> None:
    answer = their_parse(html)
    tidied = tidy(parse(html))
    expected = theirs(telegram({"@type": "parseMarkdown", "text": answer}))
    assert (tidied.text, sorted((e.type, e.offset, e.length, e.detail) for e in tidied.entities)) == (
        expected[0],
        sorted(expected[1]),
    )


@pytest.mark.parametrize(
    ("text", "detected"),
    [
        pytest.param("see /relos, /s400@briefings_bot", ["/relos", "/s400@briefings_bot"], id="commands"),
        pytest.param("a/relos //x /y/z /по", [], id="not-commands"),
        pytest.param(
            "e.com, https://t.me/x. (https://e.com/a)", ["e.com", "https://t.me/x", "https://e.com/a"], id="urls"
        ),
        pytest.param("U.S. RELOS.The v1.2 7.30 3.Dec", [], id="not-urls"),
        pytest.param("@reader x@reader @ab", ["@reader"], id="mentions"),
        pytest.param("#tag #1 ##b x#c", ["#tag", "#b"], id="hashtags"),
    ],
)
def test_detects_unmarked_entities_as_telegram_does(text: str, detected: list[str]) -> None:
    def words(entities: list[tuple[Any, ...]]) -> list[str]:
        return [text[offset : offset + length] for _, offset, length, _ in entities]

    ours = [(e.type, e.offset, e.length, e.detail) for e in tidy(parse(text)).entities]
    expected = theirs(telegram({"@type": "getTextEntities", "text": text}) | {"text": text})
    assert words(ours) == detected == words(list(expected[1]))  # type: ignore[arg-type]  # an error would not have [1]


# Refusals

REFUSED: list[Any] = [
    pytest.param("sendMessage", {"text": "x"}, "chat_id is empty", id="no-chat"),
    pytest.param("sendMessage", {"chat_id": 99, "text": "x"}, "chat not found", id="unknown-chat"),
    pytest.param("sendMessage", {"chat_id": 5}, "message text is empty", id="no-text"),
    pytest.param("sendMessage", {"chat_id": 5, "text": " \n "}, "message text is empty", id="blank-text"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty",
                 id="markup-around-nothing"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "x" * 4097}, "message is too long", id="too-long"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "👍" * 2049}, "message is too long", id="too-long-in-utf16"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "a<b", "parse_mode": "HTML"},
                 "can't parse entities: Unclosed start tag at byte offset 1", id="broken-markup"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "x", "parse_mode": "Markdown"},
                 "unsupported parse_mode (the simulator reads HTML only)", id="markdown"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "x", "disable_web_page_preview": True},
                 "sendMessage has no parameter 'disable_web_page_preview' (the simulator is stricter than Telegram)",
                 id="unknown-parameter"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "x", "message_thread_id": 40}, "message thread not found",
                 id="thread-in-private"),
    pytest.param("sendMessage", {"chat_id": 5, "text": "x", "reply_parameters": {"message_id": 9}},
                 "message to be replied not found", id="reply-to-nothing"),
    pytest.param("editMessageText", {"chat_id": 5, "message_id": 9, "text": "x"}, "message to edit not found",
                 id="edit-nothing"),
    pytest.param("deleteMessage", {"chat_id": 5, "message_id": 9}, "message to delete not found", id="delete-nothing"),
    pytest.param("answerCallbackQuery", {"callback_query_id": "9"},
                 "query is too old and response timeout expired or query ID is invalid", id="unknown-query"),
    pytest.param("sendChatAction", {"chat_id": 5, "action": "sing"}, "wrong parameter action in request", id="action"),
    pytest.param("sendDocument", {"chat_id": 5}, "there is no document in the request", id="no-document"),
    pytest.param("setMyCommands", {"commands": [{"command": "Relos", "description": "x"}]}, "BOT_COMMAND_INVALID",
                 id="upper-case-command"),
    pytest.param("setMyCommands", {"commands": [{"command": "x", "description": ""}]},
                 "BOT_COMMAND_DESCRIPTION_INVALID", id="command-without-sentence"),
    pytest.param("setMyCommands", {"commands": [{"command": "x", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH",
                 id="too-many-commands"),
    pytest.param("getChatAdministrators", {"chat_id": 5}, "there are no administrators in the private chat",
                 id="private-admins"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "params", "why"), REFUSED)
async def test_a_call_is_refused_as_telegram_refuses_it(
    call: ApiCall, sim: Simulator, method: str, params: dict[str, Any], why: str
) -> None:
    assert await call(method, **params) == {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"}
    assert sim.state.sent(READER) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param([{"text": "a", "callback_data": "x" * 64}], None, id="64-bytes"),
        pytest.param([{"text": "a", "callback_data": "é" * 33}], "BUTTON_DATA_INVALID", id="66-bytes"),
        pytest.param([{"text": "a", "callback_data": ""}], "BUTTON_DATA_INVALID", id="no-data"),
        pytest.param([{"text": "a", "url": "https://e.com/"}], None, id="url"),
        pytest.param([{"text": "a", "url": "javascript:x"}], "is invalid: Wrong HTTP URL", id="script"),
        pytest.param([{"text": "a"}], "Text buttons are unallowed", id="no-action"),
        pytest.param([{"text": " ", "callback_data": "x"}], "must be non-empty", id="no-label"),
        pytest.param([{"text": "a", "callback_data": "x"}] * 9, "reply markup is too long", id="nine-in-a-row"),
    ],
)
async def test_buttons_are_checked(call: ApiCall, row: list[dict[str, str]], why: str | None) -> None:
    answer = await call("sendMessage", chat_id=READER, text="x", reply_markup={"inline_keyboard": [row]})
    assert answer["ok"] if why is None else why in answer["description"]


@pytest.mark.parametrize(
    ("chat_id", "how", "words"),
    [
        pytest.param(READER, "blocked", "Forbidden: bot was blocked by the user", id="blocked"),
        pytest.param(READER, "deactivated", "Forbidden: user is deactivated", id="deactivated"),
        pytest.param(GROUP, "kicked", "Forbidden: bot was kicked from the supergroup chat", id="kicked"),
    ],
)
async def test_a_chat_that_shut_the_bot_out_refuses_its_messages(
    call: ApiCall, sim: Simulator, chat_id: int, how: str, words: str
) -> None:
    sim.state.block(chat_id, how)
    assert await call("sendMessage", chat_id=chat_id, text="x") == {
        "ok": False,
        "error_code": 403,
        "description": words,
    }
    sim.state.unblock(chat_id)
    assert (await call("sendMessage", chat_id=chat_id, text="x"))["ok"]


async def test_a_group_that_moved_names_its_new_id(call: ApiCall, sim: Simulator) -> None:
    sim.state.migrate(GROUP, -200)
    answer = await call("sendMessage", chat_id=GROUP, text="x")
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": -200})
    assert (await call("sendMessage", chat_id=-200, text="x"))["ok"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(sim: Simulator, http: aiohttp.ClientSession) -> None:
    for path, status, words in (("bot1:WRONG/getMe", 401, "Unauthorized"), (f"bot{sim.token}/sing", 404, "Not Found")):
        async with http.get(f"{sim.url}/{path}") as response:
            assert response.status == status
            assert await response.json() == {"ok": False, "error_code": status, "description": words}


# Methods


async def test_json_form_query_and_multipart_are_understood_alike(sim: Simulator, http: aiohttp.ClientSession) -> None:
    url = f"{sim.url}/bot{sim.token}/sendMessage"
    form = {"chat_id": "5", "text": "<b>x</b>", "parse_mode": "HTML", "disable_notification": "true",
            "reply_markup": '{"inline_keyboard": [[{"text": "a", "callback_data": "d"}]]}'}  # fmt: skip
    multipart = aiohttp.FormData(form, default_to_multipart=True)
    typed = form | {"chat_id": 5, "disable_notification": True, "reply_markup": json.loads(form["reply_markup"])}
    for request in ({"json": typed}, {"data": form}, {"params": form}, {"data": multipart}):
        async with http.post(url, **request) as response:
            assert (await response.json())["ok"], request
    sent = sim.state.sent(READER)
    assert [(m.text, m.html, m.silent, m.buttons) for m in sent] == [("x", "<b>x</b>", True, [[("a", "d")]])] * 4


async def test_answers_are_dated_by_the_simulators_clock_unless_ordered_otherwise(
    sim: Simulator, http: aiohttp.ClientSession
) -> None:
    async def date_of_an_answer() -> str | None:
        async with http.get(f"{sim.url}/bot{sim.token}/getMe") as response:
            return response.headers.get("Date")

    assert await date_of_an_answer() == "Thu, 04 Dec 2025 12:00:00 GMT"
    sim.state.misdate("soon", "late")
    assert [await date_of_an_answer() for _ in range(3)] == ["soon", "late", "Thu, 04 Dec 2025 12:00:00 GMT"]
    sim.state.is_dated = False
    assert await date_of_an_answer() is None


async def test_a_message_is_what_the_reader_sees(call: ApiCall) -> None:
    answer = await call("sendMessage", chat_id=READER, text="\n <b>RELOS</b>: /relos &amp; more \n", parse_mode="HTML")
    assert answer["result"] == {
        "message_id": 1,
        "date": int(NOON.timestamp()),
        "chat": {"id": READER, "type": "private", "first_name": "Reader"},
        "from": {"id": 123456, "is_bot": True, "first_name": "Briefings", "username": "briefings_bot"},
        "text": "RELOS: /relos & more",
        "entities": [
            {"type": "bold", "offset": 0, "length": 5},
            {"type": "bot_command", "offset": 7, "length": 6},
        ],
    }


async def test_entities_past_the_hundredth_are_dropped_and_counted(call: ApiCall, sim: Simulator) -> None:
    await call("sendMessage", chat_id=READER, text="<b>a</b> " * 103, parse_mode="HTML")
    assert (len(sim.state.sent(READER)[0].entities), sim.state.dropped_entities) == (100, 3)


async def test_length_is_counted_after_parsing(call: ApiCall, sim: Simulator) -> None:
    text = f"<b>{'👍' * 2048}</b>"
    assert (await call("sendMessage", chat_id=READER, text=text, parse_mode="HTML"))["ok"]
    assert units(sim.state.sent(READER)[0].text) == 4096


async def test_an_edit_changes_the_message_and_one_that_changes_nothing_is_refused(
    call: ApiCall, sim: Simulator
) -> None:
    keys = {"inline_keyboard": [[{"text": "a", "callback_data": "d"}]]}
    sent = (await call("sendMessage", chat_id=READER, text="one", reply_markup=keys))["result"]
    where = {"chat_id": READER, "message_id": sent["message_id"]}
    same = await call("editMessageText", **where, text="one", reply_markup=keys)
    assert same["description"].startswith("Bad Request: message is not modified")
    assert (await call("editMessageText", **where, text="two", reply_markup=keys))["ok"]
    assert (await call("editMessageReplyMarkup", **where))["ok"]
    message = sim.state.sent(READER)[0]
    assert (message.text, message.edited, message.buttons) == ("two", 2, [])
    assert (await call("deleteMessage", **where))["result"] is True
    assert message.deleted


async def test_a_document_is_stored(sim: Simulator, http: aiohttp.ClientSession) -> None:
    for name in ("document", "file0"):
        form = aiohttp.FormData({"chat_id": "5", "caption": "yours"})
        form.add_field(name, b'{"a": 1}', filename="mydata.json", content_type="application/json")
        if name != "document":
            form.add_field("document", f"attach://{name}")
        async with http.post(f"{sim.url}/bot{sim.token}/sendDocument", data=form) as response:
            assert (await response.json())["result"]["document"]["file_size"] == 8
    assert [(m.file_name, m.file, m.text) for m in sim.state.sent(READER)] == [
        ("mydata.json", b'{"a": 1}', "yours")
    ] * 2


async def test_each_scope_and_language_has_its_own_menu(call: ApiCall, sim: Simulator) -> None:
    everyone, russian = [{"command": "relos", "description": "The pact"}], [{"command": "relos", "description": "Пакт"}]
    await call("setMyCommands", commands=everyone)
    await call("setMyCommands", commands=russian, scope={"type": "chat", "chat_id": READER}, language_code="ru")
    assert (await call("getMyCommands"))["result"] == everyone
    assert sim.state.menu(sim.state.chat(READER)) == everyone
    assert sim.state.menu(sim.state.person(READER, language="ru")) == russian
    await call("deleteMyCommands")
    assert (await call("getMyCommands"))["result"] == []


async def test_members_and_administrators_have_their_status(call: ApiCall) -> None:
    async def status(user_id: int) -> str:
        return str((await call("getChatMember", chat_id=GROUP, user_id=user_id))["result"]["status"])

    assert [await status(user) for user in (7, 8, 9, 123456)] == ["creator", "administrator", "member", "member"]
    assert len((await call("getChatAdministrators", chat_id=GROUP))["result"]) == 2
    assert (await call("getChat", chat_id=GROUP))["result"]["is_forum"]


# Updates


async def test_updates_stay_until_confirmed(call: ApiCall, sim: Simulator) -> None:
    sim.state.say(READER, "/relos now")
    sim.state.say(GROUP, "/s400@briefings_bot", user_id=8, thread=40, sent_at=NOON)
    sim.state.photo(READER)
    first, second, third = (await call("getUpdates"))["result"]
    assert first["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert (second["message"]["message_thread_id"], second["message"]["from"]["id"]) == (40, 8)
    assert "photo" in third["message"]
    assert len((await call("getUpdates", limit=1))["result"]) == 1
    assert (await call("getUpdates", offset=third["update_id"]))["result"] == [third]
    assert sim.state.updates == [third]


async def test_a_long_poll_ends_with_the_first_update(call: ApiCall, sim: Simulator) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await sim.state.wait_for(lambda state: state.calls)
    message_id = sim.state.say(READER, "hi")
    assert (await asyncio.wait_for(poll, 5))["result"][0]["message"]["message_id"] == message_id


async def test_the_earlier_of_two_pollers_is_refused(call: ApiCall, sim: Simulator) -> None:
    early = asyncio.create_task(call("getUpdates", timeout=30))
    await sim.state.wait_for(lambda state: state.calls)
    late = asyncio.create_task(call("getUpdates", timeout=30))
    refused = await asyncio.wait_for(early, 5)
    assert (refused["error_code"], refused["description"].split(":")[0]) == (409, "Conflict")
    sim.state.say(READER, "hi")
    assert len((await asyncio.wait_for(late, 5))["result"]) == 1


async def test_only_updates_of_the_allowed_kinds_are_queued(call: ApiCall, sim: Simulator) -> None:
    await call("getUpdates", allowed_updates=["callback_query"])
    sim.state.say(READER, "not wanted")
    query = sim.state.press(READER, 99, "hostile" * 100)
    [update] = (await call("getUpdates"))["result"]
    assert (update["callback_query"]["id"], update["callback_query"]["message"]["date"]) == (query, 0)
    await call("answerCallbackQuery", callback_query_id=query, text="No.", show_alert=True)
    assert (sim.state.presses[query].text, sim.state.presses[query].alert) == ("No.", True)


async def test_an_edited_message_is_another_kind_of_update(call: ApiCall, sim: Simulator) -> None:
    written = sim.state.say(READER, "/relso")
    assert sim.state.say(READER, "/relos", edited=True) == written
    kinds = [next(key for key in update if key != "update_id") for update in (await call("getUpdates"))["result"]]
    assert kinds == ["message", "edited_message"]


# Trouble


@pytest.mark.parametrize(
    ("kind", "status", "parameters"),
    [
        pytest.param("429", 429, {"retry_after": 3}, id="flood"),
        pytest.param("401", 401, None, id="token-revoked"),
        pytest.param("500", 500, None, id="500"),
        pytest.param("502", 502, None, id="502"),
        pytest.param("503", 503, None, id="503"),
    ],
)
async def test_an_ordered_error_is_answered_as_often_as_ordered(
    call: ApiCall, sim: Simulator, kind: str, status: int, parameters: dict[str, int] | None
) -> None:
    sim.state.fail(kind, chat_id=READER, times=2, retry_after=3)
    assert (await call("sendMessage", chat_id=GROUP, text="x"))["ok"], "another chat is spared"
    for _ in range(2):
        answer = await call("sendMessage", chat_id=READER, text="x")
        assert (answer["error_code"], answer.get("parameters")) == (status, parameters)
    assert (await call("sendMessage", chat_id=READER, text="x"))["ok"]
    assert [call.status for call in sim.state.calls] == [200, status, status, 200]
    assert len(sim.state.sent(READER)) == 1


async def test_an_odd_answer_is_given_as_ordered_and_nothing_is_done(
    sim: Simulator, http: aiohttp.ClientSession
) -> None:
    sim.state.answer(404, b"<html>no such page</html>", method="getMe")
    async with http.get(f"{sim.url}/bot{sim.token}/getMe") as response:
        assert (response.status, response.content_type) == (404, "text/html")
        assert await response.text() == "<html>no such page</html>"
    async with http.get(f"{sim.url}/bot{sim.token}/getMe") as response:
        assert response.status == 200


async def test_faults_that_have_not_struck_can_be_taken_back(sim: Simulator, call: ApiCall) -> None:
    sim.state.fail("401", method=None, times=100)
    sim.state.heal()
    assert (await call("getMe"))["ok"]


@pytest.mark.parametrize(("kind", "arrived"), [("lost", 1), ("reset", 0)])
async def test_a_connection_breaks_after_the_deed_or_before_it(
    call: ApiCall, sim: Simulator, kind: str, arrived: int
) -> None:
    sim.state.fail(kind)
    with pytest.raises(aiohttp.ClientConnectionError):
        await call("sendMessage", chat_id=READER, text="x")
    assert len(sim.state.sent(READER)) == arrived
    assert sim.state.calls[0].status == 0


async def test_a_slow_answer_comes_after_the_deed(call: ApiCall, sim: Simulator) -> None:
    sim.state.fail("slow", delay=0.2)
    started = time.monotonic()
    answering = asyncio.create_task(call("sendMessage", chat_id=READER, text="x"))
    await sim.state.wait(READER, 1)
    assert not answering.done()
    assert (await answering)["ok"]
    assert time.monotonic() - started >= 0.2


async def test_a_server_that_is_down_answers_nothing(call: ApiCall, sim: Simulator) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=30))
    await sim.state.wait_for(lambda state: state.calls)
    sim.state.down = True
    for dead in (poll, call("getMe")):
        with pytest.raises(aiohttp.ClientConnectionError):
            await dead
    sim.state.down = False
    assert (await call("getMe"))["ok"]


async def test_messages_beyond_the_rate_limit_are_refused(call: ApiCall, sim: Simulator) -> None:
    sim.state.enforce(per_second=2, per_chat=1)
    assert (await call("sendMessage", chat_id=READER, text="one"))["ok"]
    again = await call("sendMessage", chat_id=READER, text="two at once in one chat")
    assert (again["error_code"], again["parameters"]) == (429, {"retry_after": 1})
    assert (await call("sendMessage", chat_id=GROUP, text="x"))["ok"]
    sim.state.person(6)
    assert (await call("sendMessage", chat_id=6, text="a third"))["error_code"] == 429
    assert sim.state.refused_by_rate_limits == 2


async def test_waiting_in_vain_names_the_messages_there_are(call: ApiCall, sim: Simulator) -> None:
    await call("sendMessage", chat_id=READER, text="only this")
    with pytest.raises(TimeoutError, match=r"has 1 of 2 messages after 0\.01 s:\n  1: 'only this'"):
        await sim.state.wait(READER, 2, timeout=0.01)


async def test_a_busy_port_is_an_error_and_a_restart_keeps_the_address(sim: Simulator) -> None:
    other = Simulator(port=sim.port)
    with pytest.raises(OSError, match="address already in use"):
        await other.start()
    url = sim.url
    await sim.stop()
    await sim.start()
    assert sim.url == url


# Other sites' pages


FOREIGN = {
    "another-origin": {"Origin": "https://evil.example"},
    "another-port-of-this-machine": {"Origin": "http://127.0.0.1:1"},
    "origin-that-is-hidden": {"Origin": "null"},
    "origin-that-is-empty": {"Origin": ""},
    "rebound-name": {"Host": "evil.example"},
    "rebound-name-and-its-origin": {"Host": "evil.example", "Origin": "http://evil.example"},
    "name-that-begins-like-ours": {"Host": "localhost.evil.example"},
    "another-address": {"Host": "10.0.0.1"},
    "host-that-is-none": {"Host": "[::1"},
}
OURS = {
    "program": {},
    "own-page": {"Origin": "OWN"},
    "localhost": {"Host": "localhost:8765"},
    "localhost-page": {"Host": "localhost:8765", "Origin": "http://localhost:8765"},
    "another-loopback-address": {"Host": "127.9.9.9"},
    "ipv6": {"Host": "[::1]:8765"},
}


@pytest.mark.parametrize("path", ["/", "/page/events?chat=5", "/bot{token}/getMe", "/bot{token}/sendMessage", "/other"])
@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_request_of_another_site_is_refused_whatever_it_asks_for(
    sim: Simulator, http: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    url = sim.url + path.format(token=sim.token)
    async with http.post(url, json={"chat_id": READER, "text": "hi"}, headers=headers) as response:
        assert response.status == 403
    async with http.get(url, headers=headers) as response:
        assert response.status == 403
    assert (sim.state.calls, sim.state.sent(READER)) == ([], [])


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS.keys())
async def test_programs_and_the_own_page_are_obeyed(
    sim: Simulator, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    headers = {name: value.replace("OWN", sim.url) for name, value in headers.items()}
    async with http.post(f"{sim.url}/bot{sim.token}/getMe", headers=headers) as response:
        assert response.status == 200


def test_each_simulator_has_a_token_of_its_own_unless_one_is_given() -> None:
    tokens = {Simulator().token for _ in range(10)}
    assert len(tokens) == 10
    assert all(re.fullmatch(r"123456:[A-Za-z0-9_-]{35}", token) for token in tokens)
    assert Simulator("1:GIVEN").token == "1:GIVEN"


# The page's calls


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({}, '{"chat": 5, "text": "hi"}', 200, id="own-page"),
        pytest.param({"Content-Type": "text/plain"}, '{"chat": 5, "text": "hi"}', 415, id="form-of-another-site"),
        pytest.param({"Origin": "https://evil.example"}, '{"chat": 5, "text": "hi"}', 403, id="another-origin"),
        pytest.param({"Host": "evil.example"}, '{"chat": 5, "text": "hi"}', 403, id="rebound-name"),
        pytest.param({}, '{"chat": -100, "text": "hi"}', 400, id="not-a-reader"),
        pytest.param({}, '{"chat": 5, "text": " "}', 400, id="nothing-said"),
        pytest.param({}, "[]", 400, id="not-an-object"),
        pytest.param({}, "{", 400, id="not-json"),
    ],
)
async def test_only_the_page_itself_is_obeyed(
    sim: Simulator, http: aiohttp.ClientSession, headers: dict[str, str], body: str, status: int
) -> None:
    headers = {"Content-Type": "application/json"} | headers
    async with http.post(f"{sim.url}/page/say", data=body, headers=headers) as response:
        assert response.status == status
    assert len(sim.state.updates) == (status == 200)


# python-telegram-bot


async def test_python_telegram_bot_works_with_it(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else it warns of its next version whenever a 429 is read

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        keys = InlineKeyboardMarkup([[InlineKeyboardButton("Follow", callback_data="follow:relos")]])
        assert update.message
        await update.message.reply_text("<b>Welcome</b>", parse_mode="HTML", reply_markup=keys)

    async def follow(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Followed")
        await update.callback_query.edit_message_text("Followed RELOS")

    app = Application.builder().token(sim.token).base_url(f"{sim.url}/bot").build()
    app.add_handlers([CommandHandler("start", start), CallbackQueryHandler(follow)])
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling(poll_interval=0)
        sim.state.say(READER, "/start")
        [welcome] = await sim.state.wait(READER, 1)
        assert (welcome.text, welcome.buttons) == ("Welcome", [[("Follow", "follow:relos")]])
        query = sim.state.press(READER, welcome.message_id, "follow:relos")
        await sim.state.wait_for(lambda state: state.sent(READER)[0].edited)
        assert (welcome.text, sim.state.presses[query].text) == ("Followed RELOS", "Followed")
        sim.state.fail("429", retry_after=7)
        with pytest.raises(RetryAfter):
            await app.bot.send_message(READER, "x")
        assert await app.bot.set_my_commands([("relos", "The pact")])
        assert [member.status for member in await app.bot.get_chat_administrators(GROUP)] == [
            "creator",
            "administrator",
        ]
        assert (await app.bot.get_chat(GROUP)).title == "Desk"
        await app.bot.send_document(READER, b"data", filename="mydata.json")
        assert sim.state.sent(READER)[-1].file == b"data"
        await app.updater.stop()
        await app.stop()


# Webhooks


class FakeBot:
    """The bot's own address: notes the updates posted to it, answers with the statuses given and then with 200."""

    def __init__(self, *statuses: int) -> None:
        self.posted: list[tuple[int, str | None]] = []
        self.redirected = 0
        self._statuses = list(statuses)
        app = web.Application()
        app.router.add_post("/hook", self._take)
        app.router.add_post("/elsewhere", self._take_redirected)
        self.server = TestServer(app)

    async def _take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.posted.append((update["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        status = self._statuses.pop(0) if self._statuses else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async def _take_redirected(self, _: web.Request) -> web.Response:
        self.redirected += 1
        return web.Response()

    async def __aenter__(self) -> str:
        await self.server.start_server()
        return str(self.server.make_url("/hook"))

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()


async def test_updates_are_posted_in_order_with_the_secret_until_they_are_taken(sim: Simulator, call: ApiCall) -> None:
    bot = FakeBot(503, 500)
    async with bot as url:
        sim.state.say(READER, "before it was set")
        assert (await call("setWebhook", url=url, secret_token="se-cret"))["ok"]
        sim.state.say(READER, "one")
        sim.state.say(READER, "two")
        await sim.state.wait_for(lambda state: not state.updates)
    numbers = [number for number, _ in bot.posted]
    assert numbers == sorted(numbers)
    assert (len(numbers), len(set(numbers))) == (5, 3), "two were refused once each"
    assert {secret for _, secret in bot.posted} == {"se-cret"}
    info = (await call("getWebhookInfo"))["result"]
    assert (info["url"], info["last_error_message"]) == (url, "Wrong response from the webhook: 500")


async def test_nobody_may_poll_while_a_webhook_is_set(sim: Simulator, call: ApiCall) -> None:
    polling = asyncio.create_task(call("getUpdates", timeout=30))
    await sim.state.wait_for(lambda state: state.calls)
    await call("setWebhook", url="https://127.0.0.1/hook")
    assert (await polling)["error_code"] == 409
    assert "webhook is active" in (await call("getUpdates"))["description"]
    await call("deleteWebhook")
    assert (await call("getUpdates"))["ok"]


UNUSABLE = [
    "http://bot.example/hook", "ftp://bot.example", "ftp://127.0.0.1/", "https://", "http://[::1", "http://127.0.0.1:port/",
]  # fmt: skip
ELSEWHERE = [
    "https://bot.example/hook", "https://10.0.0.1/hook", "https://[2001:db8::1]/hook", "https://0.0.0.0/hook",
    "https://169.254.169.254/", "https://localhost.bot.example/", "https://127.0.0.1.bot.example/",
    "https://127.0.0.1@bot.example/", "https://bot.example\\@127.0.0.1.example/", "https://2130706434/", "https://127.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", [*UNUSABLE, *ELSEWHERE])
async def test_an_address_that_is_not_on_this_machine_is_refused(call: ApiCall, sim: Simulator, url: str) -> None:
    assert (await call("setWebhook", url=url))["error_code"] == 400
    assert sim.state.webhook is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "LocalHost", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_every_address_of_this_machine_is_taken(call: ApiCall, scheme: str, host: str) -> None:
    assert (await call("setWebhook", url=f"{scheme}://{host}:1/hook"))["ok"]


async def test_every_name_is_this_machine_for_a_post() -> None:
    """A hosts file may send localhost elsewhere, so no name is ever looked up."""
    resolver = ThisMachine()
    assert [entry["host"] for entry in await resolver.resolve("bot.example", 80)] == ["127.0.0.1", "::1"]


async def test_no_redirect_of_a_webhook_is_followed(sim: Simulator, call: ApiCall) -> None:
    bot = FakeBot(307)
    async with bot as url:
        await call("setWebhook", url=url)
        sim.state.say(READER, "one")
        await sim.state.wait_for(lambda state: not state.updates)
        assert sim.state.webhook
        assert [status for _, status in sim.state.webhook.posted] == [307, 200], "asked again at its own address"
    assert bot.redirected == 0


async def test_a_secret_telegram_would_not_send_is_refused(call: ApiCall) -> None:
    assert (await call("setWebhook", url="https://127.0.0.1/", secret_token="not this one"))["error_code"] == 400


async def test_polls_over_connections_that_were_deafened_bring_nothing_and_new_ones_bring_all(sim: Simulator) -> None:
    sim.state.person(READER)
    address = f"{sim.url}/bot{sim.token}/getUpdates"

    async def polled(session: aiohttp.ClientSession) -> int:
        async with session.get(address) as response:
            return len((await response.json())["result"])

    async with aiohttp.ClientSession() as old, aiohttp.ClientSession() as new:
        assert await polled(old) == 0
        sim.state.deafen()
        sim.state.say(READER, "hello")
        assert [await polled(old), await polled(new), await polled(old)] == [0, 1, 0]
