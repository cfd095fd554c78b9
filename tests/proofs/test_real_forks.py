"""Proofs from a real ledger of which a copy was put back and both went on: what `hoso verify` says of both
sides together, of one with a witness, and of one with the log's key alone (docs/proof.md)."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from application.attesting import Attester
from application.head_check import check_head
from application.policy import Identity
from application.proof_file import file_bytes
from application.proving import of_dossier, proof
from application.tlog_ports import Cosigner
from domain.notes import VerifierKey
from infra.embedded import APP, OWNER, Cluster
from infra.settings import read_settings
from interfaces.proof_words import reading
from interfaces.witness_wiring import make_witness, open_cosigner, open_witness
from tests.office.province import OLD_DESKS
from tests.office.world import Office, open_office
from tests.proofs.log_world import World, open_world
from tests.proofs.test_verify_command import hoso_verify
from tests.support import Database
from tests.views_made import prepare_views
from tests.witness.asking import policy_text
from tests.witness.process import NAME, serving

pytestmark = pytest.mark.slow
DESK = OLD_DESKS["07201"]
PLACE = "07201@2025-06-01"
_copies = count(1)


@pytest.fixture
def copied(cluster: Cluster, database: Database) -> Iterator[Database]:
    """Where the database is copied to; gone afterwards."""
    name = f"forked_{next(_copies)}"
    yield Database(name, cluster.dsn(name, OWNER), cluster.dsn(name, APP))
    cluster.drop_database(name)


@dataclass(frozen=True)
class Watched:
    """A witness that serves, and what asks it for a log."""

    state: Path
    vkey: str
    cosigner: Cosigner


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[Watched]:
    (vkey,), _ = make_witness(folder / "witness", NAME, "ed25519")
    policy = folder / "asked"
    with serving(folder / "witness") as at:
        policy.write_text(policy_text([("w", vkey, at.url)], "w"))
        async with open_cosigner(read_settings({"HOSO_WITNESS_POLICY": str(policy)})) as cosigner:
            yield Watched(folder / "witness", vkey, cosigner)


@asynccontextmanager
async def open_again(database: Database, folder: Path, key: VerifierKey) -> AsyncIterator[World]:
    async def known(office: Office) -> None:
        office.officers[DESK] = Identity("officer", str(await office.opened.ledger.find("officer", DESK)))

    await prepare_views(database)
    async with open_office(database, known, again=True) as office:
        world = World(office, folder)
        world.key = key
        yield world


async def filed_and_proven(world: World, cosigner: Cosigner, dossiers: int = 1) -> bytes:
    """The file for the first of so many new dossiers, once all of them are attested."""
    answers = [await world.office.filed(DESK, PLACE) for _ in range(dossiers)]
    recorded = (await world.office.opened.recorder.clock())[1]
    attester = await Attester.open(world.tlog, cosigner, await check_head(world.tlog))
    while attester.size < recorded:
        await attester.round()
    material = await of_dossier(world.proving, world.office.officer(DESK), answers[0].code)
    return file_bytes(await proof(world.proving, material, reading))


async def test_proofs_of_both_sides_of_a_fork_together_are_not_proven_and_alone_only_without_a_witness(
    cluster: Cluster, database: Database, copied: Database, tmp_path: Path
) -> None:
    async with watching(tmp_path) as watched:
        async with open_world(database, tmp_path / "one") as world:
            key = world.key
            open_witness(watched.state).trust(str(key))
            (tmp_path / "before").write_bytes(await filed_and_proven(world, watched.cosigner))
        cluster.create_database(copied.name, template=database.name)
        shutil.copytree(tmp_path / "one", tmp_path / "two")
        async with open_again(database, tmp_path / "one", key) as world:
            (tmp_path / "one.tlog-proof").write_bytes(await filed_and_proven(world, watched.cosigner))
        async with open_again(copied, tmp_path / "two", key) as world:
            (tmp_path / "two.tlog-proof").write_bytes(await filed_and_proven(world, watched.cosigner, 2))
            found = await world.office.audited()
            assert found.ok, found.findings
    policy = [f"log {key}", f"witness w {watched.vkey}", "quorum w", ""]
    (tmp_path / "policy").write_text("\n".join(policy))

    def verified(*arguments: str) -> tuple[int, str]:
        code, said, _ = hoso_verify(tmp_path, *arguments, "--lang", "en")
        return code, said

    code, said = verified("one.tlog-proof", "two.tlog-proof", "--key", str(key))
    assert (code, said.count("[forked]")) == (1, 2), said
    code, said = verified("two.tlog-proof", "--policy", "policy")
    assert (code, said.count("[no_quorum]")) == (1, 1), said
    assert verified("one.tlog-proof", "before", "--policy", "policy")[0] == 0
    for one in ("one.tlog-proof", "two.tlog-proof"):
        assert verified(one, "before", "--key", str(key))[0] == 0, "the limit that docs/proof.md names"
