"""The process of V1: `python -m bench.verifying DSN EVENTS`. Verifies the log from its first position to that
one, in the pass of `hoso audit --tree`: reads the rows, makes each leaf again from the stored bytes, compares
it with the stored one, and makes the root. Beside it, over the same leaves in memory, nothing but `hashlib`.

Says `ready`, then for each line does both once and prints seconds as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from hashlib import sha256
from typing import Any

import psycopg
import uvloop

from application.audit_findings import Findings
from application.audit_leaves import LeafAuditor
from application.audit_prepare import without_tree
from application.leaf_pages import entries_of
from infra.leaf_pages import PackedLog

_CPU = "SELECT pg_backend_pid()"


async def verified(rows: PackedLog, events: int) -> bytes:
    """The root of the tree of so many leaves. Raises RuntimeError where a leaf is not the stored one."""
    findings = Findings()
    tree = without_tree(findings).tree
    await LeafAuditor(rows, tree, findings, 0).run(events)
    if not findings.none:
        raise RuntimeError(findings.listed()[0]["says"])
    return tree.root()


class InMemory:
    """What SHA-256 is taken of for the leaves of the log: payloads, and then the leaves themselves."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []
        self.leaves: list[bytes] = []

    async def fill(self, rows: PackedLog, events: int) -> None:
        async for page in rows.packed(0, events):
            self.payloads += [payload for payload in page.payloads if payload is not None]
            self.leaves += [b"\0" + entry for entry in entries_of(page)[0]]

    def hashed(self, inputs: list[bytes]) -> tuple[float, float]:
        """Seconds for a plain loop, and processor seconds."""
        began, used = time.perf_counter(), time.process_time()
        for each in inputs:
            sha256(each).digest()
        return time.perf_counter() - began, time.process_time() - used


def cpu_of(process: int) -> float:
    """Processor seconds of another process, by the kernel's books."""
    with open(f"/proc/{process}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


async def _work(dsn: str, events: int) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        row: Any = await (await connection.execute(_CPU)).fetchone()
        rows, memory = PackedLog(connection), InMemory()
        await memory.fill(rows, events)
        print("ready", flush=True)
        while (await asyncio.to_thread(sys.stdin.readline)).strip():
            ours, theirs = time.process_time(), cpu_of(row[0])
            began = time.perf_counter()
            root = await verified(rows, events)
            told = {
                "verified": time.perf_counter() - began,
                "verifier_cpu": time.process_time() - ours,
                "postgresql_cpu": cpu_of(row[0]) - theirs,
            }
            told["payloads"], told["payloads_cpu"] = memory.hashed(memory.payloads)
            told["leaves"], told["leaves_cpu"] = memory.hashed(memory.leaves)
            print(json.dumps({name: round(value, 6) for name, value in told.items()} | {"root": root.hex()}),
                  flush=True)  # fmt: skip


def main() -> None:
    dsn, events = sys.argv[1:]
    uvloop.run(_work(dsn, int(events)))


if __name__ == "__main__":
    main()
