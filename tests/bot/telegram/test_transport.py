"""The transport: answers, requests that may have arrived, requests never sent; errors never show the token."""

import asyncio
import logging
import traceback

import pytest
from aiohttp import web
from socks import HOST_UNREACHABLE, NOT_ALLOWED_BY_RULES, socks
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.telegram.transport import Transport, Unanswered, Unsent, dumps

READER = 5
SECRET = "1:VERY-SECRET-TOKEN"


@pytest.fixture
async def serving():
    """Serve one handler for every path; returns the endpoint, token included."""
    runners = []

    async def serve(handler):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/bot{SECRET}"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def raw():
    """Serve bytes that are not HTTP, or none at all; returns the endpoint."""
    servers = []

    async def serve(answer):
        async def handle(reader, writer):
            await reader.read(100)
            if answer:
                writer.write(answer)
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{SECRET}"

    yield serve
    for server in servers:
        server.close()


def everything_shown_of(error):
    """Return all that a log could ever show of an exception."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(error)


# Answers


async def test_json_goes_out_and_the_answer_comes_back(transport, serving):
    async def echo(request):
        return web.json_response({"path": request.path, "body": await request.json()})

    endpoint = await serving(echo)
    status, body = await transport.post_json(f"{endpoint}/sendMessage", dumps({"text": "naïve 🚀"}))
    assert status == 200
    assert Transport.parse_json_payload(body) == {"path": f"/bot{SECRET}/sendMessage", "body": {"text": "naïve 🚀"}}


@pytest.mark.parametrize("status", [200, 204, 302, 307, 400, 401, 404, 409, 429, 500, 503])
async def test_every_status_is_an_answer_and_no_redirect_is_followed(transport, serving, status):
    paths = []

    async def answer(request):
        paths.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    endpoint = await serving(answer)
    assert (await transport.post_json(f"{endpoint}/sendMessage", b"{}"))[0] == status
    assert paths == [f"/bot{SECRET}/sendMessage"]


async def test_no_cookie_is_kept(transport, serving):
    cookies = []

    async def answer(request):
        cookies.append(dict(request.cookies))
        return web.Response(headers={"Set-Cookie": "who=you"})

    endpoint = await serving(answer)
    for _ in range(2):
        await transport.post_json(endpoint, b"{}")
    assert cookies == [{}, {}]


NOT_JSON = {"empty": b"", "a-page": b"<html>", "half": b'{"ok":', "not-utf8": b"\xff", "deep": b"[" * 200_000}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_an_answer_that_is_not_json_is_a_network_error(body):
    with pytest.raises(NetworkError):
        Transport.parse_json_payload(body)


# Requests that were never sent, and requests that may have arrived


async def test_a_server_that_does_not_listen_leaves_the_request_unsent(transport, unused_tcp_port):
    with pytest.raises(Unsent) as trouble:
        await transport.post_json(f"http://127.0.0.1:{unused_tcp_port}/bot{SECRET}/sendMessage", b"{}")
    assert SECRET not in everything_shown_of(trouble.value)


NOWHERE = {
    "no-such-host": f"http://nowhere.invalid/bot{SECRET}/sendMessage",
    "no-port": f"http://127.0.0.1:99999/bot{SECRET}/sendMessage",
    "no-scheme": f"127.0.0.1/bot{SECRET}/sendMessage",
    "no-host": f"http:///bot{SECRET}/sendMessage",
}


@pytest.mark.parametrize("url", NOWHERE.values(), ids=NOWHERE.keys())
async def test_an_address_that_leads_nowhere_leaves_the_request_unsent_and_is_not_shown(transport, caplog, url):
    with caplog.at_level(logging.DEBUG), pytest.raises(Unsent) as trouble:
        await transport.post_json(url, b"{}")
    assert SECRET not in everything_shown_of(trouble.value) + caplog.text


async def test_a_transport_that_is_not_open_leaves_the_request_unsent():
    with pytest.raises(Unsent):
        await Transport(connections=1).post_json(f"http://127.0.0.1/bot{SECRET}", b"{}")


BROKEN = {
    "closed-without-a-word": b"",
    "no-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half-a-status-line": b"HTTP/1.1 20",
    "body-cut-short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
    "broken-chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "headers-without-end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    "broken-gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
async def test_a_connection_that_breaks_after_sending_leaves_the_request_unanswered(transport, raw, caplog, answer):
    endpoint = await raw(answer)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unanswered) as trouble:
        await transport.post_json(f"{endpoint}/sendMessage", b"{}")
    assert SECRET not in everything_shown_of(trouble.value) + caplog.text


async def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(transport):
    first_answered, unasked_sent = asyncio.Event(), asyncio.Event()

    async def handle(reader, writer):
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
        await writer.drain()
        if not unasked_sent.is_set():
            await first_answered.wait()
            writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            unasked_sent.set()
            await reader.read()  # until the other side hangs up
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{SECRET}/sendMessage"
        assert await transport.post_json(endpoint, b"{}") == (200, b"yes")
        first_answered.set()
        await unasked_sent.wait()
        for _ in range(5):
            await asyncio.sleep(0)  # the client reads the bytes that have come
        assert await transport.post_json(endpoint, b"{}") == (200, b"yes")


# New connections


@pytest.fixture
async def counting(serving):
    """Serve answers, and note over which connection each request came; returns the endpoint and the notes."""
    connections, stuck = [], asyncio.Event()

    async def answer(request):
        connections.append(request.transport)
        if request.path.endswith("/stuck"):
            stuck.set()
            await asyncio.sleep(30)
        return web.Response()

    return await serving(answer), connections, stuck


async def test_a_rebuilt_pool_sends_over_new_connections(transport, counting):
    endpoint, connections, _ = counting
    for _ in range(2):
        await transport.post_json(f"{endpoint}/getUpdates", b"{}")
    await transport.rebuild()
    for _ in range(2):
        await transport.post_json(f"{endpoint}/getUpdates", b"{}")
    first, second, third, fourth = connections
    assert first is second
    assert third is fourth
    assert first is not third
    assert first.is_closing()


async def test_a_request_under_way_when_the_pool_is_rebuilt_counts_as_unanswered(transport, counting):
    endpoint, connections, stuck = counting
    request = asyncio.create_task(transport.post_json(f"{endpoint}/stuck", b"{}", seconds=30))
    await stuck.wait()
    await transport.rebuild()
    async with asyncio.timeout(5):
        with pytest.raises(Unanswered) as trouble:
            await request
    assert SECRET not in everything_shown_of(trouble.value)
    assert (await transport.post_json(f"{endpoint}/getUpdates", b"{}"))[0] == 200
    assert len(set(connections)) == 2


# Through a proxy


async def carries(proxy, endpoint):
    async with Transport(connections=2, proxy=proxy, give_up_after=30) as transport:
        return [await transport.post_json(f"{endpoint}/{method}", b"{}") for method in ("getMe", "sendMessage")]


async def test_a_socks_proxy_resolves_the_name_of_the_bot_api(serving):
    async def answer(request):
        return web.json_response({"path": request.path, "body": await request.text()})

    endpoint = await serving(answer)
    port = int(endpoint.split(":")[2].split("/")[0])
    async with socks({"telegram.example": ("127.0.0.1", port)}, ("me", "sesame")) as proxy:
        answers = await carries(proxy.url("me:sesame"), f"http://telegram.example/bot{SECRET}")
        assert proxy.asked == [("telegram.example", 80)], "one connection, kept alive"
    assert [status for status, _ in answers] == [200, 200]
    assert f'"/bot{SECRET}/sendMessage"'.encode() in answers[1][1]


async def http_refusing(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def http_failing(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def breaking_off(reader, writer):
    await reader.read(1)
    writer.close()


REFUSES = "the proxy refuses the user or the password in BRIEFINGS_PROXY"
MAKES_NONE = "the proxy makes no connection to it"
REFUSALS = {
    "http-password": ("http", http_refusing, REFUSES),
    "http-bad-gateway": ("http", http_failing, MAKES_NONE),
    "http-breaks-off": ("http", breaking_off, MAKES_NONE),
    "socks-breaks-off": ("socks5", breaking_off, MAKES_NONE),
}


@pytest.mark.parametrize(("scheme", "handle", "reason"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_proxy_that_does_not_connect_leaves_the_request_unsent(caplog, scheme, handle, reason):
    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        proxy = f"{scheme}://me:sesame@127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with caplog.at_level(logging.DEBUG), pytest.raises(Unsent) as trouble:
            await carries(proxy, f"https://telegram.example/bot{SECRET}")
    assert trouble.value.message == reason
    for secret in (SECRET, "sesame"):
        assert secret not in everything_shown_of(trouble.value) + caplog.text


@pytest.mark.parametrize("user", ["me:another", ""], ids=["wrong", "none"])
async def test_a_socks_proxy_that_refuses_the_password_leaves_the_request_unsent(user):
    async with socks({}, ("me", "sesame")) as proxy:
        with pytest.raises(Unsent, match="refuses the user or the password"):
            await carries(proxy.url(user), f"https://telegram.example/bot{SECRET}")


@pytest.mark.parametrize("code", [NOT_ALLOWED_BY_RULES, HOST_UNREACHABLE])
async def test_a_socks_proxy_that_refuses_the_host_leaves_the_request_unsent(code):
    async with socks({}) as proxy:
        proxy.code = code
        with pytest.raises(Unsent, match="makes no connection"):
            await carries(proxy.url(), f"https://telegram.example/bot{SECRET}")


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_dead_proxy_leaves_the_request_unsent(unused_tcp_port, scheme):
    with pytest.raises(Unsent, match="the proxy cannot be reached"):
        await carries(f"{scheme}://me:sesame@127.0.0.1:{unused_tcp_port}", f"https://telegram.example/bot{SECRET}")


# Bounds


async def test_an_answer_that_never_begins_times_out(transport, serving):
    async def never(request):
        await asyncio.sleep(30)

    endpoint = await serving(never)
    async with asyncio.timeout(5):
        with pytest.raises(TimedOut) as trouble:
            await transport.post_json(f"{endpoint}/sendMessage", b"{}", seconds=0.2)
    assert SECRET not in everything_shown_of(trouble.value)


async def test_an_answer_that_drips_times_out(transport, serving):
    async def drip(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    endpoint = await serving(drip)
    async with asyncio.timeout(15):
        with pytest.raises((TimedOut, Unanswered)):
            await transport.post_json(f"{endpoint}/sendMessage", b"{}", seconds=0.2)


async def test_an_endless_answer_is_refused_before_it_fills_the_memory(transport, serving):
    sent = 0

    async def flood(request):
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 256:
            await response.write(b" " * 1024 * 1024)
            sent += 1
        return response

    endpoint = await serving(flood)
    with pytest.raises(NetworkError):
        await transport.post_json(f"{endpoint}/getUpdates", b"{}")
    assert sent < 256


# Under python-telegram-bot


@pytest.fixture
async def bot(simulator):
    simulator.state.person(READER)
    bot = ExtBot(
        simulator.token,
        base_url=f"{simulator.url}/bot",
        request=Transport(connections=4),
        get_updates_request=Transport(connections=1),
    )
    await bot.initialize()
    yield bot
    await bot.shutdown()


async def test_the_bot_sends_and_uploads_over_it(simulator, bot):
    assert bot.username == "briefings_bot"
    await bot.send_message(READER, "Hello")
    await bot.send_document(READER, b"all I know of you", filename="mydata.json", caption="Yours")
    words, document = simulator.state.sent(READER)
    assert words.text == "Hello"
    assert (document.file, document.file_name, document.text) == (b"all I know of you", "mydata.json", "Yours")


async def test_trouble_becomes_the_librarys_errors_without_the_token(simulator, bot, caplog):
    orders = {"403": TelegramError, "429": RetryAfter, "502": NetworkError, "lost": NetworkError, "reset": NetworkError}
    with caplog.at_level(logging.DEBUG):
        for kind, error in orders.items():
            simulator.state.fail(kind)
            with pytest.raises(error) as trouble:
                await bot.send_message(READER, "Hello")
            assert simulator.token not in everything_shown_of(trouble.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("bot", "aiohttp"))]
    assert simulator.token not in "".join(ours)


async def test_a_wrong_token_is_an_error_of_its_own(simulator):
    bot = Bot("1:WRONG", base_url=f"{simulator.url}/bot", request=Transport(connections=1))
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_opening_and_closing_twice_is_harmless():
    transport = Transport(connections=1)
    await transport.initialize()
    await transport.initialize()
    await transport.shutdown()
    await transport.shutdown()
