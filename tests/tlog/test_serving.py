"""What is served below /tlog is what C2SP tlog-tiles asks for, in the eyes of two readers of others too."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tlog_scales.backend import HttpBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.utils import sha256

from application import log_identity
from application.changing import Asked
from application.policy import Identity
from domain.facts import Actor, Envelope
from domain.log_facts import log_stream
from domain.log_identity import LogIdentity
from domain.notes import read_vkey
from domain.tiles import Tile
from infra.embedded import APP, OWNER, Cluster
from interfaces.http.tlog_routes import INDEX, LEVEL
from tests.support import Database
from tests.tlog.served import ORIGIN, PATIENCE, Served, bundled, served
from tests.verifiers import aics_tlog

SMALL = 700  # two full tiles and one of 188, and above them one of 2
LARGE = 66_000  # a full tile of level 1 too


@pytest.fixture(scope="module")
async def log(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """One for the file; whoever changes something puts it back."""
    cluster.create_database("served", template=template)
    database = Database("served", cluster.dsn("served", OWNER), cluster.dsn("served", APP))
    async with served(database, tmp_path_factory.mktemp("served"), SMALL) as opened:
        yield opened
    cluster.drop_database("served")


@pytest.fixture
async def own_log(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    """For a test that records; what it records is known at once."""
    monkeypatch.setattr("application.tlog_serving.FRESH_SECONDS", 0.0)
    async with served(database, tmp_path, SMALL) as opened:
        yield opened


# In the eyes of others


async def test_another_reader_authenticates_every_tile_and_every_bundle(log: Served) -> None:
    aics_tlog()
    vkey = (await log.get("key")).json()["logs"][0]["keys"][0]["key"]
    report = await asyncio.to_thread(_aics_audits, log, vkey)
    assert (report.tiles, report.bundles) == (3 + 1, 3)


def _aics_audits(log: Served, vkey: str) -> Any:
    theirs, remote = aics_tlog(), aics_tlog("remote")
    reader = remote.HttpTileReader(log.url, timeout=PATIENCE)
    note = theirs.parse_note(reader.read_checkpoint())
    found = theirs.verify_checkpoint(note, theirs.parse_vkey(vkey), expected_origin=ORIGIN)
    assert found.log_ok, found
    checkpoint = theirs.parse_checkpoint(note.text)
    assert (checkpoint.size, checkpoint.root) == (log.checkpoint.size, log.checkpoint.root)
    report = aics_tlog("verified").audit_tiles(reader, checkpoint.size, checkpoint.root)
    assert reader.stats["errors"] == reader.stats["not_found"] == 0
    return report


async def test_another_reader_proves_what_a_tree_of_three_levels_holds(
    database: Database, tmp_path: Path
) -> None:
    async with served(database, tmp_path, LARGE) as log:
        vkey = (await log.get("key")).json()["logs"][0]["keys"][0]["key"]
        await asyncio.to_thread(_tlog_scales_reads, log, vkey)


def _tlog_scales_reads(log: Served, vkey: str) -> None:
    backend = HttpBackend(log.url)
    reader = TilesReader(backend)
    try:
        checkpoint = reader.get_checkpoint()
        checkpoint.verify(Vkey.from_string(vkey))
        assert reader.calculate_root_hash() == checkpoint.root_hash
        chance = Random(1)
        for index in chance.sample(range(LARGE), 20):
            assert reader.get_entry(index) == log.entries[index]
            proof = reader.get_inclusion_proof(index, LARGE)
            proof.check(sha256(b"\0" + log.entries[index]), checkpoint.root_hash)
    finally:
        backend.session.close()


# Headers


@pytest.mark.parametrize("path", ["tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/000"])
async def test_tiles_and_bundles_of_a_log_may_be_kept_for_ever(log: Served, path: str) -> None:
    """Under its own number; what is newest is another log after a loss, and its tiles have other bytes."""
    for prefix, kept in (("1/", "public, max-age=31536000, immutable"), ("", "public, max-age=300")):
        answer = await log.get(prefix + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == kept
        assert answer.content == await log.store.get(path)


async def test_the_checkpoint_is_kept_for_a_moment_and_is_the_newest(log: Served) -> None:
    answer = await log.get("checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=2"
    assert answer.text.startswith(f"{ORIGIN}\n{SMALL}\n")
    await log.store.publish(b"another\n")
    again = await log.get("checkpoint", **{"If-None-Match": answer.headers["etag"]})
    await log.store.publish(answer.content)
    assert (again.status_code, again.text) == (200, "another\n")


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/001", "tile/entries/000"])
async def test_who_has_it_is_told_so_and_a_head_request_has_no_body(log: Served, path: str) -> None:
    whole = await log.get(path)
    tag = whole.headers["etag"]
    for has in (tag, f'"other", W/{tag}', "*"):
        same = await log.get(path, **{"If-None-Match": has})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (await log.get(path, **{"If-None-Match": '"other"'})).status_code == 200
    head = await log.http.head(f"{log.url}/{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in whole.headers.items() if k != "date"
    }


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("br, x-gzip;q=0.5", "gzip"), ("identity", None), ("gzip;q=0", None),
     ("gzip;q=0.00", None), ("gzip;q=0.01", "gzip"), ("", None)],
)  # fmt: skip
async def test_bundles_are_compressed_for_who_takes_it(
    log: Served, accepted: str, encoding: str | None
) -> None:
    async with log.http.stream(
        "GET", f"{log.url}/tile/entries/001", headers={"Accept-Encoding": accepted}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    clear = gzip.decompress(raw) if encoding else raw
    assert clear == bundled(log.entries[256:512])
    assert len(raw) < len(clear) or not encoding
    tile = await log.get("tile/0/001", **{"Accept-Encoding": accepted})
    assert "content-encoding" not in tile.headers, "hashes do not get smaller"


async def test_the_two_forms_of_a_bundle_have_tags_of_their_own(log: Served) -> None:
    tags = {
        (await log.get("tile/entries/001", **{"Accept-Encoding": accepted})).headers["etag"]
        for accepted in ("gzip", "identity")
    }
    assert len(tags) == 2


# What is not there


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/003",
        "tile/0/002",
        "tile/2/000.p/1",
        "tile/entries/002.p/187",
        "tile/64/000",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/1",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001/",
        "tile/0//001",
        "tile/-1/000",
        "tile/0/%2e%2e/%2e%2e/checkpoint",
        "tile/0/..%2f..%2fcheckpoint",
        "tile/entries/..%2f..%2f..%2f..%2fsecrets",
        "tile/0/001%00",
        "tile/0/%D9%A0%D9%A0%D9%A1",
        "tile/0/001%0a",
        "tile",
        ".unfinished",
        "2/checkpoint",
        "0/checkpoint",
        "01/checkpoint",
        "1%0a/checkpoint",
        "%D9%A1/checkpoint",
        "../checkpoint",
        "..%2f1/checkpoint",
        "1/tile/64/000",
        "1/tile/entries/..%2f..%2fcheckpoint",
        "1/.unfinished",
    ],
)
async def test_what_is_not_there_is_a_problem_and_leads_nowhere(log: Served, path: str) -> None:
    request = httpx.Request("GET", f"{log.url}/x")
    request.url = request.url.copy_with(raw_path=f"/tlog/{path}".encode())
    answer = await log.http.send(request)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


async def test_what_was_pruned_is_gone_and_says_so_and_the_rest_is_there(own_log: Served) -> None:
    log = own_log
    assert (await log.get("minimum")).text == "0\n"
    assert (await log.get("tile/0/000.p/7")).status_code == 404
    bundle = (await log.get("tile/entries/000")).content
    await log.store.set_minimum(256)
    assert (await log.get("tile/entries/000")).content == bundle, "until it is moved"
    await log.store.remove(["tile/0/000", "tile/entries/000"])
    gone = ("tile/0/000", "tile/entries/000", "tile/0/000.p/7", "tile/entries/000.p/255")
    for path in (*gone, *(f"1/{path}" for path in gone)):
        answer = await log.get(path, **{"Accept-Language": "en"})
        assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store"), path
        assert answer.json()["type"] == "urn:hoso:pruned"
        assert "below the minimum index 256 of the log" in answer.json()["detail"]
    for path in ("tile/0/001", "tile/entries/001", "tile/1/000.p/2"):
        assert (await log.get(path)).status_code == 200
    for path in ("tile/0/003", "tile/1/001", "tile/entries/003"):
        assert (await log.get(path)).status_code == 404
    for path in ("minimum", "1/minimum"):
        answer = await log.get(path)
        assert (answer.text, answer.headers["content-type"]) == ("256\n", "text/plain; charset=utf-8")
        assert answer.headers["cache-control"] == "public, max-age=2"
    for path in ("2/minimum", "2/tile/0/000", "01/minimum"):
        assert (await log.get(path)).status_code == 404


async def test_nobody_s_limit_counts_what_is_read_here(log: Served) -> None:
    answers = [await log.get("tile/0/001") for _ in range(80)]
    assert {answer.status_code for answer in answers} == {200}


async def test_a_store_that_cannot_be_used_is_503_and_says_when_to_come_again(log: Served) -> None:
    there = log.store.root / "tile/0/003"
    there.symlink_to(there)  # to itself: reading it fails
    answer = await log.get("tile/0/003", **{"Accept-Language": "en"})
    there.unlink()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"] == "urn:hoso:tlog_unavailable"
    assert str(log.store.root) not in answer.text


# Who signs


async def test_every_key_says_from_and_until_which_size_it_signs(own_log: Served) -> None:
    log = own_log
    ledger_id = log.office.opened.recorder.ledger.ledger_id
    before = (await log.get("key")).json()
    assert before["ledger_id"] == str(ledger_id)
    (only,) = before["logs"]
    assert (only["number"], only["origin"], only["opened_position"], only["lost_position"]) == (
        1,
        ORIGIN,
        2,
        None,
    )
    (first,) = only["keys"]
    assert read_vkey(first["key"]) == log.key
    assert (first["key_id"], first["from_size"], first["until_size"]) == (log.key.key_id.hex(), 2, None)

    identity = await log.office.opened.ledger.load(LogIdentity, log_stream(ledger_id))
    by = Envelope(Actor("system", "hoso"), (await log.office.opened.recorder.clock())[0])
    identity.add_key(by, key=str(log.keys.make(ORIGIN)))
    identity.withdraw_key(by, key_id=log.key.key_id.hex(), ground="rotated")
    identity.lose_history(by, head=None, kept_size=4, kept_root="00" * 32, ground="head_lost")
    await log.office.opened.ledger.append(identity)
    asked = Asked(Identity("system", "hoso"))
    await log_identity.open_log(log.office.registry, asked, ledger_id, log.keys, first="")
    lost, opened = (await log.get("key")).json()["logs"]
    said = [(key["from_size"], key["until_size"], key["withdrawn"]) for key in lost["keys"]]
    assert said == [(2, 4, "rotated"), (3, 5, None)]
    assert (lost["lost_position"], opened["origin"], opened["opened_position"]) == (5, f"{ORIGIN}/2", 6)
    assert (await log.get("tile/0/001")).status_code == 404, "the next log has tiles of its own"
    assert (lost["prefix"], opened["prefix"]) == ("/tlog/1", "/tlog/2")
    for path in ("checkpoint", "tile/0/001", "tile/entries/000"):
        there = await log.get(f"1/{path}")
        assert (there.status_code, there.content) == (200, await log.store.get(path)), "evidence stays"
        assert (await log.get(f"2/{path}")).status_code == 404


async def test_what_was_published_is_served_while_the_database_is_away(own_log: Served) -> None:
    first = await own_log.get("tile/0/001")
    await own_log.office.opened.recorder._reader.close()
    again = await own_log.get("tile/0/001")
    assert (again.status_code, again.content) == (200, first.content)


# The form of paths


@settings(deadline=None)
@given(st.from_regex(re.compile(r"\A(x?[0-9]{1,4}/){0,3}x?[0-9]{2,4}(\.p/?[0-9]{0,4})?\Z", re.ASCII)))
@example("x000/001")
@example("x001/000.p/255")
def test_paths_are_taken_as_another_reader_takes_them(index: str) -> None:
    theirs = aics_tlog("tiles")
    try:
        level, number, width = theirs.parse_tile_path(f"tile/0/{index}")
        canonical = theirs.tile_path(level, number, width) == f"tile/0/{index}"
    except ValueError:
        canonical = False
    assert bool(INDEX.fullmatch(index)) == canonical


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_that_we_write_has_a_path_that_is_served(index: int, width: int) -> None:
    level, path = Tile(0, index, width).path.removeprefix("tile/").split("/", 1)
    assert LEVEL.fullmatch(level)
    assert INDEX.fullmatch(path)
