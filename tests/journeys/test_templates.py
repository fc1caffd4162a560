"""The program keeps answering while an operator's template holds up its trial, and uses a corrected one by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from operated import ENOUGH_SECONDS, ask, subscribed

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


async def test_a_template_without_an_end_holds_up_nothing_and_can_be_corrected_while_the_bot_runs(
    tmp_path: Path,
) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "dossier.html.j2").write_text(ENDLESS)
    (templates / "quiet.html.j2").symlink_to("/etc/passwd")
    async with subscribed(tmp_path, BRIEFINGS_TEMPLATES_DIR=str(templates)) as (simulator, running, _):
        assert "RELOS" in await ask(simulator, "/relos")
        await running.says("dossier.html.j2: to print the sample takes more than 5 s")
        await running.says("quiet.html.j2: it is a link")
        (templates / "dossier.html.j2").write_text("OURS {{ dossier.word }}")
        async with asyncio.timeout(ENOUGH_SECONDS):
            while await ask(simulator, "/relos") != "OURS relos":  # noqa: ASYNC110 - as a reader asks
                await asyncio.sleep(1)
