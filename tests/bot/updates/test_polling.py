"""Hearing: in order within a chat, side by side between chats, confirmed when answered, through any trouble."""

import asyncio
import logging
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web
from telegram.ext import ExtBot

from bot.errors import BadToken
from bot.telegram.transport import Transport
from bot.updates import polling
from bot.updates.polling import Poller
from briefings.errors import Problem

ANN, BOB = 5, 6


class Listener:
    """What the conversation would be: notes what it hears; may be made slow or broken for a chat."""

    def __init__(self):
        self.begun, self.heard = [], []
        self._slow, self._broken = {}, set()
        self._changed = asyncio.Condition()

    def slow_for(self, chat):
        """Answers to this chat take until the event that is returned is set."""
        return self._slow.setdefault(chat, asyncio.Event())

    def breaks_at(self, text):
        self._broken.add(text)

    async def hears(self, *texts):
        """Wait until exactly these have been answered, in any order between the chats."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: sorted(self.heard) == sorted(texts))

    async def begins(self, text):
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: text in self.begun)

    async def __call__(self, update):
        text = update.message.text
        await self._note(self.begun, text)
        if text in self._broken:
            raise LookupError("a bug")
        if update.message.chat_id in self._slow:
            await self._slow[update.message.chat_id].wait()
        await self._note(self.heard, text)

    async def _note(self, where, text):
        async with self._changed:
            where.append(text)
            self._changed.notify_all()


@pytest.fixture
def listener():
    return Listener()


@asynccontextmanager
async def _line(url, token, listener):
    transport = Transport(connections=2)
    await transport.initialize()
    bot = ExtBot(token, base_url=f"{url}/bot", request=Transport(connections=1))
    try:
        yield Poller(transport, f"{url}/bot{token}", bot, listener)
    finally:
        await transport.shutdown()


@asynccontextmanager
async def running(poller):
    """The poller at work; at the end it is stopped as `app.py` stops it."""
    task = asyncio.create_task(poller.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, BadToken):
            await task
        await poller.finish()


@pytest.fixture
async def poller(simulator, listener):
    simulator.state.person(ANN)
    simulator.state.person(BOB)
    async with _line(simulator.url, simulator.token, listener) as poller:
        yield poller


def unconfirmed(simulator):
    return [update["message"]["text"] for update in simulator.state.updates if "message" in update]


# Order


async def test_a_chats_questions_are_answered_in_their_order(simulator, poller, listener):
    questions = [f"question {n}" for n in range(10)]
    for question in questions:
        simulator.state.say(ANN, question)
    async with running(poller):
        await listener.hears(*questions)
    assert listener.heard == questions


async def test_the_next_question_waits_for_the_answer_before_it(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "first")
    simulator.state.say(ANN, "second")
    async with running(poller):
        await listener.begins("first")
        assert listener.begun == ["first"]
        go.set()
        await listener.hears("first", "second")


async def test_other_chats_go_on_while_one_is_slow(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    for n in range(3):
        simulator.state.say(BOB, f"quick {n}")
    async with running(poller):
        await listener.hears("quick 0", "quick 1", "quick 2")
        assert "slow" not in listener.heard
        go.set()
        await listener.hears("quick 0", "quick 1", "quick 2", "slow")


async def test_one_who_takes_for_ever_holds_up_the_others_for_a_moment_only(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "one")
    async with running(poller):
        await listener.begins("one")
        simulator.state.say(ANN, "two")
        simulator.state.say(BOB, "from Bob")
        async with asyncio.timeout(polling.PATIENCE_SECONDS + 5):
            await listener.hears("from Bob")
        assert listener.begun == ["one", "from Bob"], "and Ann's next question still waits its turn"
        go.set()
        await listener.hears("from Bob", "one", "two")


async def test_who_asks_while_another_waits_for_an_answer_is_heard_at_once(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    async with running(poller):
        await listener.begins("slow")
        simulator.state.say(BOB, "quick")
        await listener.hears("quick")
        assert unconfirmed(simulator) == ["slow", "quick"], "what stands before it is not answered yet"
        go.set()
        await listener.hears("quick", "slow")
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: not state.updates)
    assert sorted(listener.begun) == ["quick", "slow"], "nobody was answered twice"


async def test_one_answer_that_breaks_breaks_no_other(simulator, poller, listener, caplog):
    listener.breaks_at("break")
    for text in ("before", "break", "after"):
        simulator.state.say(ANN, text)
    async with running(poller):
        await listener.hears("before", "after")
    assert "broke its answer" in caplog.text


# Confirming


async def test_an_update_is_confirmed_only_after_it_was_answered(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "slow")
    async with running(poller):
        await listener.begins("slow")
        assert unconfirmed(simulator) == ["slow"]
        go.set()
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: not state.updates)


async def test_what_is_being_answered_when_we_stop_is_finished_and_confirmed(simulator, poller, listener):
    go = listener.slow_for(ANN)
    simulator.state.say(ANN, "in the last moment")
    async with running(poller):
        await listener.begins("in the last moment")
        asyncio.get_running_loop().call_later(0.05, go.set)
    assert listener.heard == ["in the last moment"]
    assert unconfirmed(simulator) == [], "it would be answered again after the restart"


async def test_what_could_not_be_answered_before_the_end_comes_again(simulator, listener, poller):
    listener.slow_for(ANN)
    simulator.state.say(ANN, "unanswered")
    async with running(poller):
        await listener.begins("unanswered")
    assert unconfirmed(simulator) == ["unanswered"]


async def test_after_a_crash_the_question_is_heard_again(simulator, poller, listener):
    listener.slow_for(ANN)
    simulator.state.say(ANN, "asked before the crash")
    task = asyncio.create_task(poller.run())
    await listener.begins("asked before the crash")
    task.cancel()  # and no finish(): the power went
    await asyncio.wait({task})
    after = Listener()
    async with _line(simulator.url, simulator.token, after) as again, running(again):
        await after.hears("asked before the crash")
    listener.slow_for(ANN).set()


async def test_stopping_with_nothing_heard_is_quick(simulator, poller):
    async with asyncio.timeout(3), running(poller):
        await simulator.state.wait_for(lambda state: state.calls)


# What cannot be read

UNREADABLE = {
    "text-is-a-list": {"message": {"message_id": 1, "date": 1, "chat": {"id": ANN, "type": "private"}, "text": [1]}},
    "no-chat": {"message": {"message_id": 1, "date": 1}},
    "no-date": {"message": {"message_id": 1, "chat": {"id": ANN, "type": "private"}, "text": "x"}},
    "message-is-text": {"message": "hello"},
    "a-date-out-of-time": {"message": {"message_id": 1, "date": 10**18, "chat": {"id": ANN, "type": "private"}}},
    "query-without-anything": {"callback_query": {}},
}


@pytest.mark.parametrize("update", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_update_nobody_can_read_is_skipped_by_itself(simulator, poller, listener, update):
    simulator.state.say(ANN, "before")
    simulator.state.raw(update)
    simulator.state.say(ANN, "after")
    async with running(poller):
        async with asyncio.timeout(10):
            await simulator.state.wait_for(lambda state: not state.updates)
    assert [text for text in listener.heard if text != "x"] == ["before", "after"]


async def test_edited_messages_are_not_even_asked_for(simulator, poller, listener):
    async with running(poller):
        await simulator.state.wait_for(lambda state: state.allowed_updates)
        simulator.state.say(ANN, "one")
        simulator.state.say(ANN, "one, edited", edited=True)
        simulator.state.say(ANN, "two")
        await listener.hears("one", "two")


# Trouble on the line


async def test_a_token_nobody_knows_ends_the_polling(simulator, listener, caplog):
    async with _line(simulator.url, "1:WRONG-TOKEN", listener) as poller:
        with pytest.raises(BadToken) as bad:
            await poller.run()
    assert bad.value.problem == Problem("bad-token")
    assert "WRONG-TOKEN" not in str(bad.value) + caplog.text


async def test_a_token_that_stops_being_valid_ends_the_polling(simulator, poller):
    simulator.state.fail("401", method="getUpdates")
    with pytest.raises(BadToken):
        await poller.run()


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
async def test_an_outage_is_said_once_and_waited_out(simulator, poller, listener, caplog, kind):
    state = simulator.state
    if kind == "down":
        state.down = True
    else:
        state.fail(kind, method="getUpdates")
    simulator.state.say(ANN, "asked in the dark")
    with caplog.at_level(logging.INFO, "bot"):
        async with running(poller):
            if kind == "down":
                await _logged(caplog, "cannot be reached")
                state.down = False
            await listener.hears("asked in the dark")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert len([line for line in lines if "trying again" in line]) == 1
    assert lines[-1] == "Telegram answers again"
    assert simulator.token not in caplog.text


async def _logged(caplog, words):
    async with asyncio.timeout(10):
        while words not in caplog.text:  # noqa: ASYNC110 - a log announces nothing
            await asyncio.sleep(0.01)


async def test_a_server_that_was_away_is_found_again(simulator, poller, listener, caplog):
    await simulator.stop()
    async with running(poller):
        await _logged(caplog, "cannot be reached")
        simulator.state.say(ANN, "welcome back")
        await simulator.start()
        await listener.hears("welcome back")


STRANGE = {
    "a-page": b"<html>Log in</html>",
    "a-list": b"[]",
    "null": b"null",
    "no-result": b'{"ok": true}',
    "result-is-no-list": b'{"ok": true, "result": {}}',
    "result-of-numbers": b'{"ok": true, "result": [1, null, "x"]}',
    "result-without-ids": b'{"ok": true, "result": [{"message": {}}]}',
    "ids-are-words": b'{"ok": true, "result": [{"update_id": "x"}]}',
    "parameters-are-null": b'{"ok": false, "parameters": null}',
    "wait-soon": b'{"ok": false, "parameters": {"retry_after": "soon"}}',
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
async def test_no_answer_is_so_strange_that_the_polling_ends(listener, body):
    asked = asyncio.Event()

    async def answer(request):
        if asked.is_set():
            await asyncio.sleep(0.2)
        asked.set()
        return web.Response(body=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with _line(f"http://127.0.0.1:{runner.addresses[0][1]}", "1:TOKEN", listener) as poller:
            task = asyncio.create_task(poller.run())
            await asked.wait()
            done, _ = await asyncio.wait({task}, timeout=0.2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert not done, "the poller gave up"
    finally:
        await runner.cleanup()
