"""An operator copies a newsroom to another database and back."""

from __future__ import annotations

import json
from pathlib import Path

from program import briefings

NAVY = """Navy and partner sign RELOS logistics pact

The RELOS pact was signed in Port Harbour on Tuesday by Admiral Jane Smith and her colleague from the partner navy.
It lets 3 frigates and 12 patrol boats refuel at each other's piers. Ratification by parliament is expected next year.
"""


async def test_a_newsroom_moves_to_postgresql_and_back(tmp_path: Path, new_postgres_url: str) -> None:
    (tmp_path / "navy.txt").write_text(NAVY)
    origin, target = "sqlite:///briefings.db", new_postgres_url
    assert (await briefings("add", "navy.txt", cwd=tmp_path))[0] == 0
    before = (await briefings("articles", "--json", cwd=tmp_path))[1]

    status, output = await briefings("database", "copy", origin, target, cwd=tmp_path)
    assert status == 0, output
    assert "articles · 1\n" in output
    moved = {"BRIEFINGS_DATABASE_URL": target}
    assert (await briefings("articles", "--json", cwd=tmp_path, **moved))[1] == before
    assert "RELOS" in (await briefings("search", "frigates", cwd=tmp_path, **moved))[1]

    status, output = await briefings("database", "copy", origin, target, cwd=tmp_path)
    assert (status, len(output.splitlines())) == (1, 1)
    assert output.startswith("briefings: TO is not empty")

    status, output = await briefings("database", "copy", target, "sqlite:///back.db", "--json", cwd=tmp_path)
    assert status == 0, output
    assert {"table": "articles", "rows": 1} in [json.loads(line) for line in output.splitlines()]
    back = {"BRIEFINGS_DATABASE_URL": "sqlite:///back.db"}
    assert (await briefings("articles", "--json", cwd=tmp_path, **back))[1] == before


async def test_copying_from_a_missing_file_makes_no_newsroom(tmp_path: Path) -> None:
    status, output = await briefings("database", "copy", "sqlite:///misspelt.db", "sqlite:///to.db", cwd=tmp_path)
    assert (status, output) == (1, "briefings: FROM: there is no file misspelt.db\n")
    assert not list(tmp_path.iterdir())
