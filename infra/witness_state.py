"""A witness's memory in SQLite: what it cosigned last of each log, whom it trusts, what it refused.

A turn is one transaction that holds the only writer's lock from its first look; its commit is synced to the
disk, the removal of SQLite's journal too (synchronous=EXTRA), before anything is answered. Every turn opens
the file anew, so that nothing is believed that a failed write left in memory.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from application.witness_ports import Evidence, KnownLog, Latest, Misbehaviour, StateBroken
from domain.notes import VerifierKey, read_note, read_vkey
from domain.witness_protocol import origin_hash, read_submission

FILE = "witness.db"
FORMAT = 1
MOST_TRUSTED = 1_000
MOST_EVIDENCE = 32
"""Of one log and one kind; the first are kept."""
WAIT_SECONDS = 5.0
_SCHEMA = Path(__file__).with_suffix(".sql")

_LATEST = "SELECT origin, size, root, note, cosigned_at FROM latest WHERE origin = ?"
_ADVANCE = """
INSERT INTO latest (origin, origin_hash, size, root, note, cosigned_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (origin) DO UPDATE
   SET size = excluded.size, root = excluded.root, note = excluded.note, cosigned_at = excluded.cosigned_at
"""
_TICK = "UPDATE clock SET last_time = max(last_time, ?)"
_KEEP = """
INSERT OR IGNORE INTO evidence (digest, kind, origin, refused, cosigned, seen_at)
SELECT ?3, ?1, ?2, ?4, ?5, ?6
 WHERE (SELECT count(*) FROM evidence WHERE origin = ?2 AND kind = ?1) < ?7
"""
_LOGS = """
SELECT named.origin, latest.size, latest.root, latest.note, latest.cosigned_at,
       (SELECT count(*) FROM evidence WHERE evidence.origin = named.origin),
       (SELECT group_concat(vkey, char(10)) FROM trusted WHERE trusted.origin = named.origin)
  FROM (SELECT origin FROM trusted UNION SELECT origin FROM latest) AS named
  LEFT JOIN latest ON latest.origin = named.origin
 ORDER BY named.origin
"""
_EVIDENCE = "SELECT kind, origin, refused, cosigned, seen_at FROM evidence ORDER BY number"


class SqliteTurn:
    """The state within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def trusted(self, origin: str) -> Sequence[VerifierKey]:
        rows = self._connection.execute("SELECT vkey FROM trusted WHERE origin = ? ORDER BY vkey", (origin,))
        return tuple(read_vkey(vkey) for (vkey,) in rows)

    def latest(self, origin: str) -> Latest | None:
        row = self._connection.execute(_LATEST, (origin,)).fetchone()
        return Latest(*row) if row else None

    def last_time(self) -> int:
        (last,) = self._connection.execute("SELECT last_time FROM clock").fetchone()
        return int(last)

    def advance(self, latest: Latest) -> None:
        hashed = origin_hash(latest.origin)
        values = (latest.origin, hashed, latest.size, latest.root, latest.note, latest.cosigned_at)
        self._connection.execute(_ADVANCE, values)
        self._connection.execute(_TICK, (latest.cosigned_at,))

    def keep(self, evidence: Evidence) -> None:
        values = (
            evidence.kind.value,
            evidence.origin,
            _digest(evidence),
            evidence.refused,
            evidence.cosigned,
        )
        self._connection.execute(_KEEP, (*values, evidence.seen_at, MOST_EVIDENCE))


class SqliteState:
    """The state in a folder where `create` made one. All raise StateBroken."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def create(self, name: str) -> None:
        """Make what is missing, for the witness of this name. The file must be there, maybe empty."""
        with self._connected() as connection:
            if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
                script = _SCHEMA.read_text(encoding="utf-8")
                connection.executescript(
                    f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {FORMAT:d}; COMMIT"
                )
            connection.execute("INSERT OR IGNORE INTO identity (one, name, vkeys) VALUES (1, ?, '')", (name,))

    def identity(self) -> tuple[str, tuple[str, ...]]:
        """Name and vkeys; no vkeys while the witness is only half made."""
        with self._connected() as connection:
            row = connection.execute("SELECT name, vkeys FROM identity").fetchone()
        if row is None:
            raise StateBroken(f"{self._path} was made only half. Run `hoso witness init` again.")
        return row[0], tuple(row[1].split())

    def name_keys(self, keys: Sequence[VerifierKey]) -> None:
        """From here on the state belongs to these keys."""
        with self._connected() as connection:
            connection.execute("UPDATE identity SET vkeys = ? WHERE vkeys = ''", ("\n".join(map(str, keys)),))

    @contextmanager
    def turn(self) -> Iterator[SqliteTurn]:
        """Durable once it is left; undone where it is left with an error."""
        with self._transaction() as connection:
            yield SqliteTurn(connection)

    def trust(self, key: VerifierKey) -> bool:
        """False where it was trusted already."""
        with self._connected() as connection:
            (count,) = connection.execute("SELECT count(*) FROM trusted").fetchone()
            if count >= MOST_TRUSTED:
                raise StateBroken(f"A witness trusts {MOST_TRUSTED} keys at most. Distrust one first.")
            values = (str(key), key.name)
            added = connection.execute("INSERT OR IGNORE INTO trusted (vkey, origin) VALUES (?, ?)", values)
            return added.rowcount > 0

    def distrust(self, key_or_origin: str) -> int:
        """How many keys are trusted no more. What was cosigned stays known."""
        with self._connected() as connection:
            values = (key_or_origin, key_or_origin)
            return connection.execute("DELETE FROM trusted WHERE vkey = ? OR origin = ?", values).rowcount

    def logs(self) -> list[KnownLog]:
        with self._connected() as connection:
            rows = connection.execute(_LOGS).fetchall()
        return [_known(*row) for row in rows]

    def checkpoint(self, hashed: str) -> str | None:
        with self._connected() as connection:
            row = connection.execute("SELECT note FROM latest WHERE origin_hash = ?", (hashed,)).fetchone()
        return row[0] if row else None

    def evidence(self) -> list[Evidence]:
        """In the order in which it was kept."""
        with self._connected() as connection:
            rows = connection.execute(_EVIDENCE).fetchall()
        return [Evidence(Misbehaviour(kind), *rest) for kind, *rest in rows]

    def last_time(self) -> int:
        with self._connected() as connection:
            return SqliteTurn(connection).last_time()

    def confirm_clock(self, now: int) -> None:
        """A person found the clock right although a later time was signed: go on from `now`, on record."""
        with self._transaction() as connection:
            connection.execute("INSERT INTO clock_confirmed SELECT ?, last_time FROM clock", (now,))
            connection.execute("UPDATE clock SET last_time = ?", (now,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            opened = sqlite3.connect(address, uri=True, isolation_level=None, timeout=WAIT_SECONDS)
            with closing(opened) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = EXTRA")
                yield connection
        except sqlite3.Error as error:
            raise StateBroken(
                f"The witness's state {self._path} cannot be used: {error}. Nothing is signed until it can. "
                "Look at the disk and at who may write there; never put an older copy back."
            ) from error


def _known(
    origin: str,
    size: int | None,
    root: bytes,
    note: str,
    cosigned_at: int,
    evidence: int,
    vkeys: str | None,
) -> KnownLog:
    latest = None if size is None else Latest(origin, size, root, note, cosigned_at)
    keys = tuple(read_vkey(vkey) for vkey in sorted((vkeys or "").split()))
    return KnownLog(origin, keys, latest, evidence)


def _digest(evidence: Evidence) -> bytes:
    """The same two checkpoints, of the same kind, are the same evidence, however they were sent."""
    refused = read_submission(evidence.refused.encode()).note.text
    cosigned = read_note(evidence.cosigned.encode()).text if evidence.cosigned else ""
    return hashlib.sha256(f"{evidence.kind}\n{refused}\n{cosigned}".encode()).digest()
