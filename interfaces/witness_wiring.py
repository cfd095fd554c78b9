"""Builds what has to do with witnesses: the witness itself, from a folder alone, and what asks witnesses for
the ledger, from its settings."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from application.cosigning import Cosigning
from application.tlog_ports import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, Cosigner, NoWitnesses
from application.witness_ports import Evidence, KnownLog
from application.witnessing import Witnessing, key_to_trust
from infra import witness_folder
from infra.note_ciphers import verify
from infra.policy_file import PolicyFileError, read_policy_file
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.witness_client import address_problem, http_witnesses
from infra.witness_state import SqliteState

ALGORITHMS = {
    "ed25519": (ED25519_COSIGNATURE,),
    "ml-dsa-44": (ML_DSA_44_COSIGNATURE,),
    "both": (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE),
}


@dataclass(frozen=True, slots=True)
class OpenWitness:
    """A witness as its commands use it. `vkeys`: of its own."""

    name: str
    vkeys: tuple[str, ...]
    witnessing: Witnessing
    state: SqliteState

    def trust(self, vkey: str) -> tuple[str, bool]:
        """The log's origin, and whether the key is new. Raises KeyRefused, StateBroken."""
        key = key_to_trust(vkey, self.witnessing.keys())
        return key.name, self.state.trust(key)

    def logs(self) -> list[KnownLog]:
        return self.state.logs()

    def checkpoint(self, origin_hash: str) -> str | None:
        return self.state.checkpoint(origin_hash)

    def evidence(self) -> list[Evidence]:
        return self.state.evidence()

    def seconds_behind(self) -> int:
        """How far this machine's clock is behind the last time that the witness signed."""
        return max(0, self.state.last_time() - int(time.time()))

    def confirm_clock(self) -> None:
        self.state.confirm_clock(int(time.time()))


def make_witness(folder: Path, name: str, algorithm: str) -> tuple[Sequence[str], bool]:
    """Its vkeys, and whether it was made now. Raises StateBroken."""
    keys, made = witness_folder.make_witness(folder, name, ALGORITHMS[algorithm])
    return [str(key) for key in keys], made


def open_witness(folder: Path, clock: Callable[[], float] = time.time) -> OpenWitness:
    """Raises StateBroken."""
    found = witness_folder.open_witness(folder)
    vkeys = tuple(map(str, found.keys.keys()))
    return OpenWitness(found.name, vkeys, Witnessing(found.state, found.keys, verify, clock), found.state)


@contextmanager
def open_alone(folder: Path) -> Iterator[OpenWitness]:
    """To serve: no other process serves this folder meanwhile. Raises StateBroken."""
    found = open_witness(folder)
    with witness_folder.serving(folder):
        yield found


@asynccontextmanager
async def open_cosigner(settings: Settings) -> AsyncIterator[Cosigner]:
    """What asks the witnesses of HOSO_WITNESS_POLICY; without one nobody is asked. Raises SettingError where
    the policy cannot be read, or one of its witnesses not be asked."""
    if not settings.witness_policy:
        yield NoWitnesses()
        return
    try:
        policy = read_policy_file(Path(settings.witness_policy))
    except PolicyFileError as error:
        raise SettingError(f"HOSO_WITNESS_POLICY: {error} Put that right, then start again.") from None
    for witness in policy.witnesses:
        if problem := address_problem(witness.url):
            where = f"{settings.witness_policy}:{witness.line}"
            raise SettingError(f"HOSO_WITNESS_POLICY: {where}: {witness.name} {problem}.")
    async with http_witnesses(policy.witnesses, settings.witness_seconds) as witnesses:
        yield Cosigning(
            policy,
            witnesses,
            verify,
            time.time,
            seconds=settings.witness_seconds,
            fresh_seconds=settings.witness_fresh_seconds,
        )
