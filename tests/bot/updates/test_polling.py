"""Polling: updates confirmed once they are stored, a chat's questions in order, changes at once; any trouble."""

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import pytest
from fake_handler import FakeHandler
from fakes import rows
from impatience import FOREVER, IMPATIENCE, TOKEN_REFUSED
from telegram.ext import ExtBot

from bot.errors import BadToken
from bot.simulator.webhooks import set_webhook
from bot.telegram.readable_answers import ReadableAnswers
from bot.telegram.retry import SHIPPED
from bot.telegram.transport import Transport
from bot.updates import polling
from bot.updates.handling import Handling, Retries
from bot.updates.inbox import InboxWorker
from bot.updates.polling import Poller
from briefings.errors import Problem
from briefings.newsroom.inbox import Inbox, Lane
from briefings.store import schema

ANN, BOB = 5, 6
HOOK = "https://127.0.0.1/hook"


@pytest.fixture
def handler():
    return FakeHandler()


@pytest.fixture
def url(file_url):
    """The database does not matter here."""
    return file_url


@pytest.fixture
def polling_at(database):
    """A function that makes a poller of a server, not started yet, and the worker that stores what it brings."""

    @asynccontextmanager
    async def polling_at(url, token, handler, *, recovered=lambda: None, patience=IMPATIENCE):
        async with Transport(connections=2) as transport:
            bot = ExtBot(token, base_url=f"{url}/bot", request=ReadableAnswers(transport))
            handling = Handling(bot, handler, retries=Retries(pauses=(0.02,)))
            worker = InboxWorker(Inbox(database, lambda: datetime.now(UTC)), handling)
            poller = Poller(
                transport, f"{url}/bot{token}", bot, worker, handling, recovered=recovered, patience=patience
            )
            poller.worker = worker
            yield poller

    return polling_at


@asynccontextmanager
async def running(poller):
    """Run the poller and its worker; at the end, stop them as `app.py` stops them."""
    working, polling = asyncio.create_task(poller.worker.run()), asyncio.create_task(poller.run())
    try:
        yield polling
    finally:
        for task in (working, polling):
            task.cancel()
        with suppress(asyncio.CancelledError, BadToken):
            await polling
        await asyncio.wait({working})
        await asyncio.gather(poller.worker.finish(0.2), poller.finish(0.2))


@pytest.fixture
async def poller(simulator, handler, polling_at):
    simulator.state.person(ANN)
    simulator.state.person(BOB)
    async with polling_at(simulator.url, simulator.token, handler) as poller:
        yield poller


def unconfirmed(simulator):
    return [update["message"]["text"] for update in simulator.state.updates if "message" in update]


# Order


async def test_a_chats_questions_are_answered_in_their_order(simulator, poller, handler):
    questions = [f"question {n}" for n in range(10)]
    for question in questions:
        simulator.state.say(ANN, question)
    async with running(poller):
        await handler.until_answered(*questions)
    assert handler.answered == questions


async def test_a_question_is_answered_at_once_while_another_chat_waits(simulator, poller, handler):
    gate = handler.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    async with running(poller):
        await handler.until_begun("slow")
        simulator.state.say(BOB, "quick")
        await handler.until_answered("quick")
        gate.set()
        await handler.until_answered("quick", "slow")
    assert sorted(handler.begun) == ["quick", "slow"], "nobody was answered twice"


async def test_a_chat_with_more_questions_than_polls_hold_delays_no_other_and_gets_the_newest_answered(
    simulator, poller, handler
):
    gate = handler.slow_for(ANN)
    for n in range(350):
        simulator.state.say(ANN, f"question {n}")
    simulator.state.say(BOB, "from Bob")
    async with running(poller):
        await handler.until_answered("from Bob")
        await simulator.state.wait_for(lambda state: not state.updates)
        gate.set()
        await handler.until(lambda: "question 349" in handler.answered)
    begun_at_once, *newest = [text for text in handler.answered if text != "from Bob"]
    assert newest == [f"question {n}" for n in range(330, 350)]
    assert handler.left_out["question 330"] + int(begun_at_once.removeprefix("question ")) == 329


async def test_a_change_is_made_at_once_and_its_reply_waits_for_earlier_answers(simulator, poller, handler):
    gate = handler.slow_for(ANN)
    for text in ("one", "two", "/at 9", "/stop", "three"):
        simulator.state.say(ANN, text)
    async with running(poller):
        await handler.until(lambda: handler.changed == ["/at 9", "/stop"])
        assert (handler.answered, handler.said) == ([], [])
        gate.set()
        await handler.until_answered("one", "two", "three")
    assert handler.said == [f"{ANN} did /at 9", f"{ANN} did /stop"]
    assert handler.begun == ["one", "two", "three"]


# Confirming


async def test_an_update_is_confirmed_once_it_is_stored(simulator, poller, handler):
    gate = handler.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    async with running(poller):
        await handler.until_begun("slow")
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: not state.updates)
        assert handler.answered == []
        gate.set()


async def test_updates_that_are_not_for_us_are_confirmed_and_never_stored(simulator, poller, handler, database):
    for text in ("# talk", "question", "# more talk"):
        simulator.state.say(ANN, text)
    async with running(poller):
        await handler.until_answered("question")
        await simulator.state.wait_for(lambda state: not state.updates)
    assert [row["lane"] for row in await rows(database, schema.inbox)] == [Lane.QUESTION]


async def test_a_question_that_a_stop_or_a_crash_left_unanswered_is_answered_by_the_next_process(
    simulator, poller, handler, polling_at
):
    handler.slow_for(ANN)
    for text in ("unanswered", "and the next"):
        simulator.state.say(ANN, text)
    async with running(poller):
        await handler.until_begun("unanswered")
    after = FakeHandler()
    async with polling_at(simulator.url, simulator.token, after) as again, running(again):
        await after.until_answered("unanswered", "and the next")


async def test_updates_that_a_crash_left_unconfirmed_are_handled_once(simulator, poller, handler, polling_at):
    simulator.state.say(ANN, "asked before the crash")
    [update] = simulator.state.updates
    async with running(poller):
        await handler.until_answered("asked before the crash")
    simulator.state.updates.append(update)  # as if the last poll had not come through
    simulator.state.say(ANN, "next")
    after = FakeHandler()
    async with polling_at(simulator.url, simulator.token, after) as again, running(again):
        await after.until_answered("next")


async def test_stopping_without_an_answer_under_way_is_quick(simulator, poller):
    async with asyncio.timeout(3), running(poller):
        await simulator.state.wait_for(lambda state: state.calls)


# Updates that cannot be read

UNREADABLE = {
    "text-is-a-list": {"message": {"message_id": 1, "date": 1, "chat": {"id": ANN, "type": "private"}, "text": [1]}},
    "no-chat": {"message": {"message_id": 1, "date": 1}},
    "no-date": {"message": {"message_id": 1, "chat": {"id": ANN, "type": "private"}, "text": "x"}},
    "message-is-text": {"message": "hello"},
    "a-date-out-of-time": {"message": {"message_id": 1, "date": 10**18, "chat": {"id": ANN, "type": "private"}}},
    "query-without-anything": {"callback_query": {}},
}


@pytest.mark.parametrize("update", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_update_that_cannot_be_read_is_skipped_and_it_alone(simulator, poller, handler, update):
    simulator.state.say(ANN, "before")
    simulator.state.raw(update)
    simulator.state.say(ANN, "after")
    async with running(poller):
        await handler.until(lambda: "after" in handler.answered)
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: not state.updates)
    assert [text for text in handler.answered if text != "x"] == ["before", "after"]


async def test_edited_messages_are_not_asked_for(simulator, poller, handler):
    async with running(poller):
        await simulator.state.wait_for(lambda state: state.allowed_updates)
        simulator.state.say(ANN, "one")
        simulator.state.say(ANN, "one, edited", edited=True)
        simulator.state.say(ANN, "two")
        await handler.until_answered("one", "two")


# Trouble with the connection


async def test_a_wrong_token_ends_the_polling_with_an_error_in_one_line(simulator, handler, caplog, polling_at):
    async with polling_at(simulator.url, "1:WRONG-TOKEN", handler) as poller:
        with pytest.raises(BadToken) as bad:
            async with asyncio.timeout(10):
                await poller.run()
    assert bad.value.problem == Problem("bad-token")
    assert "WRONG-TOKEN" not in str(bad.value) + caplog.text
    assert caplog.text.count("refuses the token") == 1


async def test_a_token_that_is_refused_once_is_an_outage(simulator, poller, handler):
    simulator.state.fail("401", method="getUpdates")
    simulator.state.say(ANN, "asked meanwhile")
    async with running(poller):
        await handler.until_answered("asked meanwhile")


async def test_polls_that_are_refused_do_not_end_the_polling_while_get_me_is_answered(simulator, poller, handler):
    simulator.state.answer(401, TOKEN_REFUSED, method="getUpdates", times=FOREVER)
    simulator.state.say(ANN, "asked meanwhile")
    async with running(poller) as polling:
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: [call.method for call in state.calls].count("getMe") == 2)
        assert not polling.done()
        simulator.state.heal()
        await handler.until_answered("asked meanwhile")


# A webhook that is in the way


async def test_a_webhook_is_taken_down_and_its_pending_updates_come(simulator, poller, handler, caplog):
    set_webhook(simulator.state, {"url": HOOK})
    simulator.state.say(ANN, "pending")
    async with running(poller):
        await handler.until_answered("pending")
    assert caplog.messages == ["a webhook was set for this token; it was taken down, because we poll"]


async def test_a_webhook_that_is_not_taken_down_is_one_line_and_tried_again(simulator, poller, handler, caplog):
    set_webhook(simulator.state, {"url": HOOK})
    simulator.state.say(ANN, "pending")
    simulator.state.answer(502, b"<html>", method="deleteWebhook", times=3)
    async with running(poller):
        await handler.until_answered("pending")
    assert [line.partition(":")[0] for line in caplog.messages[:2]] == [
        "a webhook is set for this token, and is not taken down",
        "a webhook was set for this token; it was taken down, because we poll",
    ]


async def test_a_webhook_that_another_program_sets_again_at_once_is_named_and_left_for_a_while(
    simulator, handler, caplog, polling_at
):
    """Two programs that fought for every update would be worse than one of them without."""
    patience = replace(IMPATIENCE, chores=SHIPPED.chores)
    async with polling_at(simulator.url, simulator.token, handler, patience=patience) as poller, running(poller):
        for _ in range(2):
            set_webhook(simulator.state, {"url": HOOK})
            await _logged(caplog, "it was taken down")
        await _logged(caplog, "a webhook is set for this token again")
    assert simulator.state.webhook
    assert [call.method for call in simulator.state.calls].count("deleteWebhook") == 1


async def test_a_second_poller_is_named_once(simulator, poller, caplog):
    """The other one polls again and again; each of its polls costs us ours."""
    rival = Transport(connections=1)
    await rival.initialize()
    state = simulator.state
    async with running(poller):
        for turn in range(1, 3):
            async with asyncio.timeout(10):
                await state.wait_for(lambda state, turn=turn: _polls(state) == 2 * turn - 1)
                poll = asyncio.create_task(
                    rival.post_json(f"{simulator.url}/bot{simulator.token}/getUpdates", b'{"timeout": 1}')
                )
                await state.wait_for(lambda state, turn=turn: _refused(state) == turn)
                await poll
    await rival.shutdown()
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "same token" in lines[0].getMessage()


def _polls(state):
    return len([call for call in state.calls if call.method == "getUpdates"])


def _refused(state):
    return len([call for call in state.calls if call.status == 409])


OUTAGES = {
    "hangs-up": "down",
    "gateway": "502",
    "too-many": "429",
    "answers-lost": "lost",
}


@pytest.mark.parametrize("kind", OUTAGES.values(), ids=OUTAGES.keys())
async def test_an_outage_is_logged_once_and_waited_out(simulator, handler, caplog, kind, polling_at):
    state = simulator.state
    state.person(ANN)
    recoveries = []
    if kind == "down":
        state.down = True
    else:
        state.fail(kind, method="getUpdates")
    simulator.state.say(ANN, "asked in the dark")
    recovered = partial(recoveries.append, "now")
    with caplog.at_level(logging.INFO, "bot"):
        async with polling_at(simulator.url, simulator.token, handler, recovered=recovered) as poller, running(poller):
            if kind == "down":
                await _logged(caplog, "cannot be reached")
                state.down = False
            await handler.until_answered("asked in the dark")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert len([line for line in lines if "trying again" in line]) == 1
    assert lines[-1] == "Telegram answers again"
    assert recoveries == ["now"]
    assert simulator.token not in caplog.text


async def _logged(caplog, words):
    async with asyncio.timeout(10):
        while words not in caplog.text:  # noqa: ASYNC110 - a log announces nothing
            await asyncio.sleep(0.01)


async def test_polling_goes_on_when_a_stopped_server_is_back(simulator, poller, handler, caplog):
    await simulator.stop()
    async with running(poller):
        await _logged(caplog, "cannot be reached")
        simulator.state.say(ANN, "welcome back")
        await simulator.start()
        await handler.until_answered("welcome back")


PAGE = b"<html>Log in</html>"
STRANGE = {
    "a-page": (200, PAGE, "in Telegram's place"),
    "a-page-for-404": (404, PAGE, "in Telegram's place"),
    "a-redirect": (302, PAGE, "in Telegram's place"),
    "too-large": (413, PAGE, "in Telegram's place"),
    "a-gateways-page": (502, PAGE, "in Telegram's place"),
    "nothing": (200, b"", "in Telegram's place"),
    "nested-too-deeply": (200, b"[" * 200_000, "in Telegram's place"),
    "a-list": (200, b"[]", "is not understood"),
    "null": (200, b"null", "is not understood"),
    "no-result": (200, b'{"ok": true}', "is not understood"),
    "result-is-no-list": (200, b'{"ok": true, "result": {}}', "is not understood"),
    "result-of-numbers": (200, b'{"ok": true, "result": [1, null, "x"]}', "without a number"),
    "result-without-ids": (200, b'{"ok": true, "result": [{"message": {}}]}', "without a number"),
    "ids-are-words": (200, b'{"ok": true, "result": [{"update_id": "x"}]}', "without a number"),
    "ids-are-fractions": (200, b'{"ok": true, "result": [{"update_id": 1.5}]}', "without a number"),
    "not-ok": (200, b'{"ok": false, "result": []}', "gives no updates"),
    "another-programs-json": (404, b'{"message": "no route"}', "gives no updates"),
    "parameters-are-null": (200, b'{"ok": false, "parameters": null}', "gives no updates"),
    "wait-soon": (200, b'{"ok": false, "parameters": {"retry_after": "soon"}}', "gives no updates"),
    "description-is-a-list": (409, b'{"ok": false, "description": [1]}', "same token"),
}


@pytest.mark.parametrize(("status", "body", "words"), STRANGE.values(), ids=STRANGE)
async def test_a_strange_answer_is_one_line_and_the_polling_goes_on(
    simulator, poller, handler, caplog, status, body, words
):
    simulator.state.answer(status, body, method="getUpdates", times=3)
    simulator.state.say(ANN, "asked meanwhile")
    async with running(poller):
        await handler.until_answered("asked meanwhile")
    [line] = caplog.messages
    assert words in line


async def test_updates_without_a_number_are_skipped_and_they_alone(simulator, poller, handler, caplog):
    simulator.state.say(ANN, "among them")
    odd = {"ok": True, "result": [None, *simulator.state.updates, {"update_id": "x"}]}
    simulator.state.answer(200, odd, method="getUpdates")
    async with running(poller):
        await handler.until_answered("among them")
    assert caplog.messages == ["Telegram brings updates without a number; they are skipped"]


async def test_an_answer_that_a_cache_repeats_is_not_answered_twice(simulator, poller, handler, caplog):
    simulator.state.say(ANN, "once")
    simulator.state.answer(200, {"ok": True, "result": simulator.state.updates}, method="getUpdates", times=6)
    async with running(poller):
        await handler.until_answered("once")
        simulator.state.say(ANN, "after it")
        await handler.until_answered("once", "after it")
    assert caplog.messages == [polling.REPEATED.text]


async def test_an_answer_without_end_is_cut_off(simulator, poller, handler, caplog):
    simulator.state.answer(200, b" " * 17 * 1024 * 1024, method="getUpdates")
    simulator.state.say(ANN, "asked meanwhile")
    async with running(poller):
        await handler.until_answered("asked meanwhile")
    assert "too large to be Telegram's" in caplog.text


async def test_an_answer_that_hangs_is_given_up(simulator, poller, handler, caplog):
    simulator.state.fail("slow", method="getUpdates", delay=60)
    simulator.state.say(ANN, "asked meanwhile")
    async with running(poller):
        await handler.until_answered("asked meanwhile")
    assert "cannot be reached (no answer in time)" in caplog.text


async def test_a_server_that_keeps_no_poll_open_is_not_asked_without_a_pause(simulator, poller, handler):
    state = simulator.state
    state.answer(200, {"ok": True, "result": []}, method="getUpdates", times=2)
    async with running(poller):
        async with asyncio.timeout(10):
            await state.wait_for(lambda state: _polls(state) == 3)
    first, second, third = (call.at for call in state.calls if call.method == "getUpdates")
    assert min(second - first, third - second) >= polling.LEAST_SECONDS * 0.99


async def test_a_server_that_fails_and_brings_nothing_in_turn_is_not_asked_without_a_pause(
    simulator, handler, polling_at
):
    state = simulator.state
    for _ in range(2):
        state.fail("502", method="getUpdates")
        state.answer(200, {"ok": True, "result": []}, method="getUpdates")
    patience = replace(IMPATIENCE, line=SHIPPED.line)
    async with polling_at(simulator.url, simulator.token, handler, patience=patience) as poller, running(poller):
        async with asyncio.timeout(30):
            await state.wait_for(lambda state: _polls(state) == 5, None)
    times = [call.at for call in state.calls if call.method == "getUpdates"]
    assert min(later - earlier for earlier, later in pairwise(times)) >= polling.LEAST_SECONDS / 2, "they travel, too"


# A deaf line


async def test_a_line_that_brings_nothing_while_updates_are_held_is_opened_anew(simulator, poller, handler, caplog):
    caplog.set_level(logging.INFO)
    async with running(poller):
        await simulator.state.wait_for(_polls)
        simulator.state.deafen()
        simulator.state.say(ANN, "do you hear me?")
        await handler.until_answered("do you hear me?")
    assert caplog.text.count("its connection is opened anew") == 1
    assert "polling brings updates again" in caplog.text


async def test_a_line_that_hears_is_never_opened_anew_however_long_an_answer_takes(simulator, poller, handler, caplog):
    gate = handler.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    async with running(poller):
        await handler.until_begun("slow")
        polls = _polls(simulator.state)
        await simulator.state.wait_for(lambda state: _polls(state) >= polls + 4, 20)
        gate.set()
        await handler.until_answered("slow")
    assert "opened anew" not in caplog.text


async def test_no_odd_answer_about_held_updates_ends_the_polling(simulator, poller, handler):
    simulator.state.answer(200, b"<html>", method="getWebhookInfo", times=FOREVER)
    async with running(poller):
        await simulator.state.wait_for(lambda state: any(call.method == "getWebhookInfo" for call in state.calls), 20)
        simulator.state.say(ANN, "one")
        await handler.until_answered("one")
