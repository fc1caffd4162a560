"""Telegram's messenger, beyond the contract: every trouble on the wire, refused markup, a refused token."""

import itertools
import logging
from datetime import timedelta

import pytest
from aiohttp import web
from fakes import blocks

from bot.telegram.chat_limits import CHAT_SECONDS, GROUP_SECONDS, ChatClock
from bot.telegram.messenger import TelegramMessenger
from briefings.editions.model import Block
from briefings.errors import stated
from briefings.passes.messenger import PLACE_GONE, Gone, Later, Moved, OutgoingMessage, Refused, Sent, Unknown

READER, FORUM, GROUP = 5, -100, -200
SECRET = "INVENTED-TOKEN"


def clock_that_leaps():
    """A chat clock for which 100 s pass between any two looks, so that no chat ever waits."""
    seconds = itertools.count(step=100)
    return ChatClock(lambda: float(next(seconds)))


@pytest.fixture
def messenger(simulator, transport):
    simulator.state.person(READER)
    simulator.state.group(FORUM, "Forum", threads=[40])
    simulator.state.group(GROUP, "Desk")
    return TelegramMessenger(transport, f"{simulator.url}/bot{simulator.token}", clock_that_leaps())


def message(*texts, address=str(READER), edition=1, cursor=0):
    return OutgoingMessage(edition, blocks(*(texts or ("<b>Bold</b> news",))), cursor, address)


# Every trouble

TROUBLES = {
    "401": (lambda s: s.fail("401"), Later, timedelta(seconds=3), False),
    "403": (lambda s: s.fail("403"), Gone, None, None),
    "429": (lambda s: s.fail("429", retry_after=7), Later, timedelta(seconds=7), False),
    "500": (lambda s: s.fail("500"), Later, None, False),
    "502": (lambda s: s.fail("502"), Later, None, False),
    "503": (lambda s: s.fail("503"), Later, None, False),
    "lost": (lambda s: s.fail("lost"), Unknown, None, None),
    "reset": (lambda s: s.fail("reset"), Unknown, None, None),
    "blocked": (lambda s: s.block(READER, "blocked"), Gone, None, None),
    "deactivated": (lambda s: s.block(READER, "deactivated"), Gone, None, None),
    "unstarted": (lambda s: s.block(READER, "unstarted"), Gone, None, None),
    "kicked": (lambda s: s.block(READER, "kicked"), Gone, None, None),
    "left": (lambda s: s.block(READER, "left"), Gone, None, None),
    "muted": (lambda s: s.block(READER, "muted"), Refused, None, None),
    "no-such-chat": (lambda s: s.chats.pop(READER), Gone, None, None),
    "down": (lambda s: setattr(s, "down", True), Unknown, None, None),
}


@pytest.mark.parametrize(("order", "kind", "after", "everyone"), TROUBLES.values(), ids=TROUBLES.keys())
async def test_every_trouble_has_its_outcome_and_none_shows_the_token(
    simulator, messenger, caplog, order, kind, after, everyone
):
    order(simulator.state)
    with caplog.at_level(logging.DEBUG):
        outcome = await messenger.send(message())
    assert isinstance(outcome, kind), outcome
    if kind is Later:
        assert (outcome.after, outcome.everyone) == (after, everyone)
    assert outcome.reason
    assert simulator.token not in f"{outcome.reason}{caplog.text}"


async def test_a_token_that_is_refused_in_several_chats_makes_everyone_wait_and_is_logged(simulator, transport, caplog):
    stranger = TelegramMessenger(transport, f"{simulator.url}/bot1:{SECRET}-BUT-WRONG", ChatClock(lambda: 0.0))
    outcomes = [await stranger.send(message(address=str(chat))) for chat in (READER, 6, 7)]
    assert all(isinstance(outcome, Later) for outcome in outcomes)
    assert [outcome.everyone for outcome in outcomes] == [False, False, True]
    assert outcomes[-1].after == timedelta(minutes=1)
    assert "token" in caplog.text
    assert SECRET not in caplog.text


async def test_a_server_that_does_not_listen_means_later(simulator, messenger, caplog):
    await simulator.stop()
    with caplog.at_level(logging.DEBUG):
        outcome = await messenger.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after is None
    assert simulator.token not in f"{outcome.reason}{caplog.text}"


# Answers that no documentation promises

OK, BAD = 200, 400
GARBAGE = {
    "empty": (OK, b""),
    "a-page": (OK, b"<html>Log in to the hotel's network</html>"),
    "a-list": (OK, b"[]"),
    "a-number": (OK, b"7"),
    "null": (OK, b"null"),
    "half-an-answer": (OK, b'{"ok": tr'),
    "not-utf8": (OK, b"\xff\xfe\x00"),
    "nested-without-end": (OK, b"[" * 100_000),
    "nothing-said": (OK, b"{}"),
    "taken-but-no-result": (OK, b'{"ok": true}'),
    "taken-but-true": (OK, b'{"ok": true, "result": true}'),
    "taken-but-no-id": (OK, b'{"ok": true, "result": {}}'),
    "no-description": (BAD, b'{"ok": false}'),
    "description-of-nothing": (BAD, b'{"ok": false, "description": null, "parameters": null}'),
    "parameters-in-a-list": (BAD, b'{"ok": false, "description": "no", "parameters": [1]}'),
    "wait-soon": (429, b'{"ok": false, "description": "wait", "parameters": {"retry_after": "soon"}}'),
    "wait-in-text": (429, b'{"ok": false, "description": "wait", "parameters": {"retry_after": "5"}}'),
    "wait-for-ever": (429, b'{"ok": false, "description": "wait", "parameters": {"retry_after": 1e300}}'),
    "wait-backwards": (429, b'{"ok": false, "description": "wait", "parameters": {"retry_after": -5}}'),
    "wait-null": (429, b'{"ok": false, "description": "wait", "parameters": {"retry_after": null}}'),
    "too-many-without-a-time": (429, b"slow down"),
    "moved-to-nowhere": (BAD, b'{"ok": false, "description": "x", "parameters": {"migrate_to_chat_id": null}}'),
    "a-gateways-page": (502, b"<html>Bad gateway</html>"),
    "a-redirect": (302, b""),
}


@pytest.fixture
async def answering():
    """A server that gives every request the same answer; returns its address and the paths it was asked for."""
    runners = []

    async def serve(status, body, headers=None):
        paths = []

        async def answer(request):
            paths.append(request.path)
            return web.Response(status=status, body=body, headers=headers)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}", paths

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize(("status", "body"), GARBAGE.values(), ids=GARBAGE.keys())
async def test_every_strange_answer_has_an_outcome(transport, answering, caplog, status, body):
    url, _ = await answering(status, body, {"Location": "/elsewhere"} if status == 302 else None)
    messenger = TelegramMessenger(transport, f"{url}/bot1:{SECRET}", clock_that_leaps())
    outcome = await messenger.send(message())
    assert isinstance(outcome, Sent | Later | Refused | Unknown), outcome
    if isinstance(outcome, Sent):
        assert body.startswith(b'{"ok": true')
        assert outcome.blocks == 1
    elif isinstance(outcome, Later) and outcome.after is not None:
        assert timedelta(0) < outcome.after <= timedelta(days=1)
    assert SECRET not in caplog.text + str(outcome)


async def test_a_message_telegram_says_it_took_counts_as_sent(transport, answering):
    url, _ = await answering(200, b'{"ok": true, "result": true}')
    messenger = TelegramMessenger(transport, f"{url}/bot1:{SECRET}", clock_that_leaps())
    assert isinstance(await messenger.send(message()), Sent)


async def test_a_proxys_429_without_the_words_of_the_bot_api_means_later(transport, answering):
    url, _ = await answering(429, b"slow down")
    messenger = TelegramMessenger(transport, f"{url}/bot1:{SECRET}", clock_that_leaps())
    assert isinstance(await messenger.send(message()), Later)


async def test_a_429_that_names_no_time_holds_its_chat_three_seconds_and_no_other(transport, answering):
    url, _ = await answering(429, b'{"ok": false, "description": "Too Many Requests"}')
    clock = ChatClock(lambda: 0.0)
    outcome = await TelegramMessenger(transport, f"{url}/bot1:{SECRET}", clock).send(message())
    assert (outcome.after, outcome.everyone) == (timedelta(seconds=3), False)
    assert (clock.seconds_until_turn(READER), clock.seconds_all_wait()) == (3, 0)


async def test_three_chats_refused_in_a_row_make_everyone_wait_for_the_shortest_wait(simulator, transport):
    clock = ChatClock(lambda: 0.0)
    messenger = TelegramMessenger(transport, f"{simulator.url}/bot{simulator.token}", clock)
    outcomes = []
    for chat, wait in ((READER, 9), (READER + 1, 30), (READER + 2, 3600)):
        simulator.state.person(chat)
        simulator.state.fail("429", chat_id=chat, retry_after=wait)
        outcomes.append(await messenger.send(message(address=str(chat))))
    assert [(outcome.after.total_seconds(), outcome.everyone) for outcome in outcomes] == [
        (9, False),
        (30, False),
        (9, True),
    ]


async def test_no_redirect_is_followed(transport, answering):
    trap, caught = await answering(200, b'{"ok": true, "result": {"message_id": 1}}')
    url, _ = await answering(307, b"", {"Location": f"{trap}/bot1:x/sendMessage"})
    messenger = TelegramMessenger(transport, f"{url}/bot1:{SECRET}", clock_that_leaps())
    assert not isinstance(await messenger.send(message()), Sent)
    assert caught == []


# The message that is sent


async def test_markup_arrives_as_markup_and_links_show_no_preview(simulator, messenger):
    await messenger.send(message("<b>Bold</b> &amp; <i>slanted</i>"))
    [sent] = simulator.state.sent(READER)
    assert sent.text == "Bold & slanted"
    assert [entity.type for entity in sent.entities] == ["bold", "italic"]
    assert simulator.state.calls[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_refused_markup_is_sent_as_plain_text_and_reported(simulator, messenger, caplog):
    outcome = await messenger.send(message("<b>Bold & <i>broken</b> news", "x &lt; y"))
    assert isinstance(outcome, Sent)
    assert outcome.blocks == 2
    [sent] = simulator.state.sent(READER)
    assert (sent.text, sent.entities) == ("Bold & broken news\n\nx < y", ())
    assert "markup refused" in caplog.text
    assert "broken" not in caplog.text, "no log holds the text of a message"


async def test_trouble_with_the_plain_text_has_its_outcome_too(simulator, messenger):
    simulator.state.fail("429", retry_after=9)
    outcome = await messenger.send(message("<b>broken"))
    assert outcome.after == timedelta(seconds=9)
    assert simulator.state.sent(READER) == []


async def test_a_thread_of_a_forum_is_an_address(simulator, messenger):
    assert isinstance(await messenger.send(message(address=f"{FORUM}/40")), Sent)
    [sent] = simulator.state.sent(FORUM)
    assert sent.thread == 40


async def test_a_reader_whose_thread_was_deleted_moves_to_the_chat_itself(simulator, messenger):
    assert await messenger.send(message(address=f"{FORUM}/41")) == Moved(str(FORUM), PLACE_GONE)
    assert simulator.state.sent(FORUM) == []


async def test_a_reader_whose_thread_is_gone_is_told_so_above_the_message(simulator, transport):
    simulator.state.group(FORUM, "Forum")
    messenger = TelegramMessenger(
        transport, f"{simulator.url}/bot{simulator.token}", clock_that_leaps(), "The thread is gone."
    )
    edition = (Block("news", 4, 0), Block("x" * 3500, 3500, 0), Block("y" * 580, 580, 0))
    first = OutgoingMessage(1, edition, 1, str(FORUM), is_place_gone=True)
    assert isinstance(outcome := await messenger.send(first), Sent)
    assert outcome.blocks == 1, "the sentence counts in the message, not among the blocks"
    await messenger.send(OutgoingMessage(1, edition, 1, str(FORUM)))
    told, plain = (sent.text for sent in simulator.state.sent(FORUM))
    assert (told.split("\n\n")[0], plain) == ("The thread is gone.", "x" * 3500 + "\n\n" + "y" * 580)


@pytest.mark.parametrize(("kind", "is_sent"), [("reset", False), ("502", False), ("401", True), (None, True)])
async def test_a_message_that_may_have_arrived_is_sent_again_only_when_telegram_answers(
    simulator, messenger, kind, is_sent
):
    if kind:
        simulator.state.fail(kind, method="getMe")
    outcome = await messenger.send(OutgoingMessage(1, blocks("news"), 0, str(READER), may_have_arrived=True))
    assert isinstance(outcome, Sent if is_sent else Later)
    assert len(simulator.state.sent(READER)) == is_sent


NOT_FOR_EVER = (
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: CHAT_RESTRICTED",
    "Forbidden: CHAT_WRITE_FORBIDDEN",
    "Bad Request: need administrator rights in the channel chat",
    "Payment Required",
    "Not Acceptable",
    "FLOOD",
    "Bad Request: something new",
    "Forbidden: something new",
)
FOR_EVER = (
    "Forbidden: bot was blocked by the user",
    "Forbidden: user is deactivated",
    "Bad Request: INPUT_USER_DEACTIVATED",
    "Forbidden: bot was kicked from the supergroup chat",
    "Forbidden: bot is not a member of the channel chat",
    "Forbidden: bot can't initiate conversation with a user",
    "Forbidden: bot can't send messages to bots",
    "Forbidden: the group chat was deleted",
    "Bad Request: group chat was deactivated",
    "Bad Request: chat not found",
    "Bad Request: user not found",
    "Bad Request: PEER_ID_INVALID",
)
STATUS = {"Payment Required": 402, "Not Acceptable": 406, "FLOOD": 420}


@pytest.mark.parametrize(
    ("description", "kind"),
    [*((words, Refused) for words in NOT_FOR_EVER), *((words, Gone) for words in FOR_EVER)],
)
async def test_a_refusal_is_for_ever_only_when_telegram_says_that_there_is_no_way_to_the_reader(
    simulator, messenger, description, kind
):
    status = STATUS.get(description) or (403 if description.startswith("Forbidden") else 400)
    answer = {"ok": False, "error_code": status, "description": description}
    simulator.state.answer(status, answer, method="sendMessage")
    assert await messenger.send(message()) == kind(stated(description))


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 407, 413, 500, 502, 504])
async def test_the_page_of_a_gateway_is_no_refusal_of_telegrams(simulator, messenger, status):
    simulator.state.answer(status, b"<html>sorry</html>", method="sendMessage")
    outcome = await messenger.send(message())
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (None, False)
    assert isinstance(await messenger.send(message()), Sent)


@pytest.mark.parametrize("text", ["क" * 3500, "🚀" * 1750, '"quotes" \\ and\nlines'], ids=["hindi", "emoji", "json"])
async def test_any_letters_arrive_unchanged(simulator, messenger, text):
    await messenger.send(OutgoingMessage(1, (Block(text, 3500, 0),), 0, str(READER)))
    [sent] = simulator.state.sent(READER)
    assert sent.text == text


async def test_more_editions_than_the_cache_holds_are_not_mixed_up(simulator, messenger):
    for edition in [*range(300), 0, 299]:
        await messenger.send(message(f"edition {edition}", edition=edition))
    assert [sent.text for sent in simulator.state.sent(READER)][-3:] == ["edition 299", "edition 0", "edition 299"]


# The limits of one chat


class Seconds:
    """A monotonic clock that a test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def paced(messenger, simulator, transport, seconds):
    return TelegramMessenger(transport, f"{simulator.url}/bot{simulator.token}", ChatClock(seconds))


async def test_a_chat_is_written_to_once_a_second(simulator, paced, seconds):
    await paced.send(message("one"))
    seconds.now = 0.25
    outcome = await paced.send(message("two", edition=2))
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.everyone) == (timedelta(seconds=CHAT_SECONDS - 0.25), False)
    assert isinstance(await paced.send(message("two", edition=2, address=str(GROUP))), Sent), "others need not wait"
    seconds.now = CHAT_SECONDS
    assert isinstance(await paced.send(message("two", edition=2)), Sent)
    assert [sent.text for sent in simulator.state.sent(READER)] == ["one", "two"]


async def test_a_group_is_written_to_twenty_times_a_minute(simulator, paced, seconds):
    for number in range(20):
        assert isinstance(await paced.send(message(f"{number}", edition=number, address=str(GROUP))), Sent)
        seconds.now += 2.0
    outcome = await paced.send(message("one too many", edition=99, address=str(GROUP)))
    assert isinstance(outcome, Later)
    assert outcome.after == timedelta(seconds=GROUP_SECONDS - 40)
    seconds.now = GROUP_SECONDS
    assert isinstance(await paced.send(message("a minute later", edition=99, address=str(GROUP))), Sent)
