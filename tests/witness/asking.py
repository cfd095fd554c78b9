"""The ledger's side for tests: a policy over addresses, and a Cosigning that asks them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from application.cosigning import Cosigning
from domain.trust_policy import read_policy
from infra.note_ciphers import verify
from infra.witness_client import http_witnesses
from tests.witness.log import Log


def policy_text(witnesses: Sequence[tuple[str, str, str]], quorum: str) -> str:
    """`witnesses`: name, vkey, address. `quorum`: a name, or `2` for so many of them all."""
    lines = [f"witness {name} {vkey} {url}" for name, vkey, url in witnesses]
    if quorum.isdigit():
        lines.append(f"group them {quorum} {' '.join(name for name, _, _ in witnesses)}")
        quorum = "them"
    return "\n".join([*lines, f"quorum {quorum}\n"])


@asynccontextmanager
async def asking(
    text: str,
    *,
    seconds: float = 5.0,
    fresh_seconds: float = 3600.0,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Cosigning]:
    policy = read_policy(text.encode())
    async with http_witnesses(policy.witnesses, seconds) as witnesses:
        yield Cosigning(policy, witnesses, verify, clock, seconds=seconds, fresh_seconds=fresh_seconds)


def consistency(log: Log, asked: list[int] | None = None) -> Callable[[int], Awaitable[list[bytes]]]:
    """The log's proofs; `asked` gets the sizes that were asked for."""

    async def found(old: int) -> list[bytes]:
        if asked is not None:
            asked.append(old)
        return log.proof(old)

    return found
