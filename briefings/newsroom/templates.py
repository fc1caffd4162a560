"""Tries the operator's templates, and lets the renderer use those that pass. Part of the door.

A template is tried when it is first seen and whenever the folder has changed, in a process with limits on time and
memory. One that passes is used from then on as it was tried: printing opens no file of the folder. In place of one that
does not pass the shipped one is used, and one warning says why. Until a trial ends, what was used before is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path

from briefings.adapters.template_folder import Stamp, TemplateFolder, read_templates, stamp
from briefings.adapters.worker import Worker
from briefings.editions.environment import ENDING, fault_of
from briefings.editions.render import Renderer
from briefings.editions.trial import TEMPLATES, Tried, try_template
from briefings.errors import BadInput, Problem, Unreadable, WorkerTrouble

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Seconds between two looks at the folder."""

TRIAL_SECONDS = 5.0
"""CPU seconds of one template's trial, in which 550 blocks are printed. A shipped one takes 0.1 s, and 0.5 s with the
start of the process."""

TRIAL_MEMORY = 100_000_000
"""Bytes that a trial may allocate. A shipped template takes less than 20 MB."""


class Templates:
    """The operator's templates of one newsroom. `folder` is None if there are none.

    Limits of a trial: `cpu_seconds`, and `memory` in bytes.
    """

    def __init__(
        self,
        folder: Path | None,
        renderer: Renderer,
        *,
        cpu_seconds: float = TRIAL_SECONDS,
        memory: int = TRIAL_MEMORY,
    ) -> None:
        self._folder = folder
        self._renderer = renderer
        self._cpu_seconds = cpu_seconds
        self._memory = memory
        self._stamp: Stamp | None = None
        """The stamp of the folder as it was when all its templates were last tried."""

        self._tried: dict[str, tuple[TemplateFolder, Tried]] = {}
        """Template → the folder that it was last tried in, and the result."""

        self._trouble: Problem | None = None
        """Why the folder cannot be read, or nothing can be tried, as the log says."""

    async def look(self, *, within: float | None = None) -> None:
        """Try what has changed since the last look; returns when all is tried, or after `within` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._look()

    async def watch(self) -> None:
        """Look again and again. Never ends."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        if self._folder is None:
            return
        try:
            seen = await asyncio.to_thread(stamp, self._folder)
            if seen != self._stamp:
                folder = await asyncio.to_thread(read_templates, self._folder)
                async with Worker(most_processes=1, cpu_seconds=self._cpu_seconds, memory=self._memory) as worker:
                    for name in TEMPLATES:
                        await self._try(worker, name, folder)
                self._stamp = seen
        except (BadInput, WorkerTrouble) as error:  # what is used stays in use
            if error.problem != self._trouble:
                self._trouble = error.problem
                log.warning("the templates of BRIEFINGS_TEMPLATES_DIR are not tried: %s", error)
        else:
            self._trouble = None

    async def _try(self, worker: Worker, name: str, folder: TemplateFolder) -> None:
        file = name + ENDING
        if file not in folder.files and file not in folder.refused:
            self._renderer.use_shipped(name)
            self._tried.pop(name, None)
            return
        before = self._tried.get(name)
        if before and before[0] == folder:
            return
        tried = await self._trial(worker, name, folder)
        if before is None or before[1] != tried:
            problem = tried.problem or await asyncio.to_thread(self._use, name, tried)
            if problem:
                self._renderer.use_shipped(name)
                log.warning("%s; the shipped template is used until the file is corrected", problem)
        self._tried[name] = (folder, tried)

    def _use(self, name: str, tried: Tried) -> Problem | None:
        """Have a template used that has passed. Compiles it, which may take long. Returns why it cannot be used."""
        try:
            self._renderer.use(name, tried.files.get)
        except Exception as error:  # it was compiled in the worker process, but may be too deep for this one
            return fault_of(error, name).problem
        return None

    async def _trial(self, worker: Worker, name: str, folder: TemplateFolder) -> Tried:
        try:
            return await worker.run(try_template, name, folder.files, folder.refused, self._renderer.commands)
        except Unreadable as error:  # the process was ended, and cannot say which files it has used
            reason = error.problem
            if error.key == "parser-too-slow":
                reason = Problem("template-too-slow", {"seconds": self._cpu_seconds})
            elif error.key == "parser-too-large":
                reason = Problem("template-too-large", {"megabytes": self._memory // 1_000_000})
            problem = Problem("within", {"place": name + ENDING, "problem": reason})
            return Tried(await asyncio.to_thread(_mentioned, name + ENDING, folder.files), problem)


def _mentioned(file: str, files: Mapping[str, str]) -> dict[str, str]:
    """Return the files whose names stand in this one, or in one of them, and this one."""
    mentioned: dict[str, str] = {}
    waiting = [file]
    while waiting:
        file = waiting.pop()
        if file not in mentioned:
            mentioned[file] = files[file]
            waiting.extend(other for other in files if other in files[file])
    return mentioned
