"""docs/trust.md leaves nothing out: every table of a ledger, secret file and process of the server has its
sentence there."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from infra.secrets import create_secrets
from interfaces.cli import serve
from projections import schema as views_schema
from tests.support import Database

DOCUMENT = Path(__file__).parents[2] / "docs" / "trust.md"
_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


def named(heading: str) -> set[str]:
    """What stands in code letters in the first column of a section's table."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.anyio
async def test_every_table_has_its_sentence_and_no_other_is_named(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
        await views_schema.allow(owner)
    async with await psycopg.AsyncConnection.connect(database.app_dsn, autocommit=True) as app:
        await views_schema.create(app)
        tables = {name async for (name,) in await app.execute(_TABLES)}
    assert named("Tables") == tables


def test_every_secret_file_has_its_sentence(tmp_path: Path) -> None:
    made = {path.name for path in create_secrets(tmp_path / "secrets")}
    assert made <= named("Keys")


def test_every_process_of_the_server_has_its_sentence() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("\n## Processes\n", 1)[1]
    source = Path(serve.__file__).read_text(encoding="utf-8")
    children = re.findall(r'Child\(\s*f?"([^"{]+)', source)
    assert len(children) >= 2
    for child in children:
        assert child.strip() in text, f"{child} is kept alive by `hoso serve` and has no sentence"
