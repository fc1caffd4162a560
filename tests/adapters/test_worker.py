"""The worker: real processes, whose calls end within their limits and whose ends nobody else notices."""

import asyncio
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loaded_worker import PYTHON

from briefings.adapters.worker import Worker
from briefings.errors import BadInput, BadTopic, WorkerTrouble
from briefings.topics.topic_files import parse_topics

SLOW = (re.match, "(a*)*b", "a" * 60)
"""A call that would take years, in C code that holds the interpreter."""


@pytest.fixture(autouse=True)
def started_anew(monkeypatch):
    """Let each worker process be started from nothing, as in the product."""
    monkeypatch.setattr(sys, "executable", PYTHON)


@pytest.fixture
async def worker():
    async with Worker(cpu_seconds=1, patience=0.05) as worker:
        yield worker


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def ended(pid):
    """Return when a process is gone. The time limit of the test ends a wait in vain."""
    async with asyncio.timeout(20):
        while is_running(pid):  # noqa: ASYNC110 - another process cannot set an event
            await asyncio.sleep(0.01)


# Calls


async def test_a_call_returns_what_the_function_returns(worker):
    assert await worker.run(int, "ff", base=16) == 255


async def test_calls_one_after_the_other_share_a_process_that_is_not_ours(worker):
    pids = {await worker.run(os.getpid) for _ in range(3)}
    assert len(pids) == 1
    assert os.getpid() not in pids


async def test_an_error_of_ours_arrives_as_it_was_raised(worker):
    with pytest.raises(BadTopic) as expected:
        parse_topics("war.toml", b"= no TOML")
    with pytest.raises(BadTopic) as caught:
        await worker.run(parse_topics, "war.toml", b"= no TOML")
    assert caught.value.problem == expected.value.problem


async def test_a_bug_is_one_refused_document_and_its_traceback_is_logged(worker, caplog):
    pid = await worker.run(os.getpid)
    with pytest.raises(BadInput, match=r"parser-broke.*kind=ValueError"):
        await worker.run(int, "no number")
    assert "invalid literal for int() with base 10: 'no number'" in caplog.text
    assert await worker.run(os.getpid) == pid


@pytest.mark.parametrize("argument", [sys, lambda: None], ids=["module", "lambda"])
async def test_an_argument_that_cannot_be_pickled_is_the_error_of_the_caller(worker, argument):
    with pytest.raises((TypeError, pickle.PicklingError)):
        await worker.run(repr, argument)
    assert await worker.run(len, "abc") == 3


async def test_output_that_a_library_prints_does_not_come_between_the_answers(worker):
    assert await worker.run(os.system, "echo printed") == 0
    await worker.run(print, "printed", flush=True)
    assert await worker.run(len, "abc") == 3


async def test_long_documents_and_results_come_through_whole(worker):
    data = os.urandom(1_000_000) * 20
    assert await worker.run(bytes, data) == data


# Limits


async def test_a_call_that_takes_too_long_is_ended_even_in_c_code(worker):
    pid = await worker.run(os.getpid)
    with pytest.raises(BadInput) as caught:
        await worker.run(*SLOW)
    assert (caught.value.key, caught.value.arguments) == ("parser-too-slow", {"seconds": 1})
    assert not is_running(pid)
    assert await worker.run(len, "abc") == 3


async def test_the_seconds_are_counted_anew_for_each_call(worker):
    for _ in range(10):
        await worker.run(sum, range(20_000_000))  # about 0.3 s; together more than one call may take


async def test_a_call_that_waits_instead_of_working_is_ended_by_the_clock():
    async with Worker(cpu_seconds=0.01, patience=0.01) as worker:
        with pytest.raises(BadInput, match="parser-too-slow"):
            await worker.run(time.sleep, 3600)


async def test_a_call_that_takes_too_much_memory_is_refused_and_the_process_replaced(worker):
    pid = await worker.run(os.getpid)
    with pytest.raises(BadInput) as caught:
        await worker.run(bytearray, 700_000_000)
    assert (caught.value.key, caught.value.arguments) == ("parser-too-large", {"megabytes": 600})
    assert await worker.run(os.getpid) != pid


async def test_a_process_that_keeps_much_memory_is_replaced_after_its_document(worker):
    pid = await worker.run(os.getpid)
    await worker.run(len, bytes(1_000_000))
    assert await worker.run(os.getpid) == pid
    await worker.run(sys.modules["builtins"].exec, "import re; re.kept = b'x' * 200_000_000")
    assert await worker.run(os.getpid) != pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT], ids=lambda number: number.name)
async def test_a_crash_is_one_refused_document(worker, number):
    with pytest.raises(BadInput) as caught:
        await worker.run(signal.raise_signal, number)
    assert caught.value.arguments == {"kind": number.name}
    assert await worker.run(len, "abc") == 3


async def test_a_process_that_died_between_two_calls_is_replaced(worker):
    pid = await worker.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    await ended(pid)
    assert await worker.run(os.getpid) != pid


async def test_a_process_that_cannot_be_started_is_no_fault_of_the_document(worker, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerTrouble, match=r"worker-not-started \(cause=no such file or directory\)"):
        await worker.run(len, "abc")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorkerTrouble, match=r"worker-not-started \(cause=exit status 1\)"):
        await worker.run(len, "abc")
    monkeypatch.undo()
    assert await worker.run(len, "abc") == 3


# Processes


async def test_a_machine_without_memory_ends_the_process_before_the_program(worker):
    assert await worker.run(Path.read_text, Path("/proc/self/oom_score_adj")) == "1000\n"


async def test_a_process_knows_no_secret(worker, monkeypatch):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    monkeypatch.setenv("BRIEFINGS_SUMMARY_API_KEY", "secret")
    for name in ("PYTHONHOME", "LD_LIBRARY_PATH", "PYTHONUTF8", "LC_ALL", "LC_CTYPE", "LANG", "TZ"):
        monkeypatch.delenv(name, raising=False)
    environment = await worker.run(Path.read_bytes, Path("/proc/self/environ"))
    names = {variable.split("=")[0] for variable in environment.decode().split("\0") if variable}
    assert names == {"PATH", "PYTHONPATH", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}


async def test_short_calls_wait_for_one_process():
    async with Worker(patience=60) as worker:
        pids = await asyncio.gather(*(worker.run(os.getpid) for _ in range(20)))
    assert len(set(pids)) == 1


async def test_a_second_process_takes_the_calls_that_a_long_document_would_delay(worker):
    long = asyncio.create_task(worker.run(*SLOW))
    pids = await asyncio.gather(*(worker.run(os.getpid) for _ in range(20)))
    assert not long.done()
    assert len(set(pids)) == 1
    with pytest.raises(BadInput, match="parser-too-slow"):
        await long


async def test_no_third_process_is_started(worker):
    long = [asyncio.create_task(worker.run(*SLOW)) for _ in range(2)]
    other = asyncio.create_task(worker.run(os.getpid))
    results = await asyncio.gather(*long, return_exceptions=True)
    assert [error.key for error in results] == ["parser-too-slow"] * 2
    assert await other


async def test_processes_end_when_nothing_calls_them():
    async with Worker(idle_seconds=0) as worker:
        pid = await worker.run(os.getpid)
        await ended(pid)
        assert await worker.run(os.getpid) != pid


async def test_a_cancelled_call_ends_its_process(worker, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    pid = await worker.run(os.getpid)
    call = asyncio.create_task(worker.run(Path.read_bytes, pipe))  # reads until the writer closes the pipe
    with os.fdopen(await asyncio.to_thread(os.open, pipe, os.O_WRONLY), "wb"):
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await ended(pid)
    assert await worker.run(os.getpid) != pid


async def test_closing_ends_a_call_and_leaves_no_process():
    worker = Worker(patience=0.01)
    pid = await worker.run(os.getpid)
    call = asyncio.create_task(worker.run(*SLOW))
    other_pid = await worker.run(os.getpid)
    await worker.close()
    assert not is_running(pid)
    assert not is_running(other_pid)
    with pytest.raises(WorkerTrouble):
        await call
    with pytest.raises(WorkerTrouble):
        await worker.run(len, "abc")
    await worker.close()


def children():
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


async def test_no_process_is_started_before_the_first_call():
    before = children()
    async with Worker() as worker:
        assert children() == before
        pid = await worker.run(os.getpid)
        assert children() - before == {str(pid)}
    assert children() == before


PROGRAM = """
import asyncio, os, re, sys
from briefings.adapters.worker import Worker

async def main():
    async with Worker() as worker:
        print(await worker.run(os.getpid), flush=True)
        if sys.argv[1:] == ["busy"]:
            await worker.run(re.match, "(a*)*b", "a" * 60)
        await asyncio.to_thread(sys.stdin.readline)
        print(await worker.run(os.getpid), flush=True)

asyncio.run(main())
"""


@pytest.fixture
def start_program():
    """Start the program above in a group of its own, as a terminal does. Returns it and the id of its worker."""
    programs = []

    def start(*arguments):
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        programs.append(program)
        return program, int(program.stdout.readline())

    yield start
    for program in programs:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("state", ["idle", "busy"])
async def test_the_process_ends_with_a_program_that_is_killed(start_program, state):
    program, pid = start_program(state)
    program.kill()
    program.wait()
    await ended(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_a_signal_to_the_group_does_not_end_the_process_before_the_program(start_program, number):
    program, pid = start_program()
    os.kill(pid, number)
    answer, _ = program.communicate("\n")
    assert int(answer) == pid
    await ended(pid)
