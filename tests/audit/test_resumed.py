"""An audit that was killed goes on where it was, with what it had found; where what it depends on changed it
begins anew, and says so."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from application.audit_run import EVENTS, STREAMS
from application.audit_sources import Keeping, Span
from infra.audit_state import AuditStateFile
from tests.audit.attested import Attested

ROOT = Path(__file__).parents[2]
FLIP = "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1) WHERE position = %s"
PAGE = 50


class Interrupted(BaseException):
    pass


def keeping(folder: Path, *, resume: bool = False, program: str = "this") -> Keeping:
    return Keeping(AuditStateFile(folder), program, resume, seconds=0)


async def interrupted(attested: Attested, folder: Path, what: str, at: int, span: Span | None = None) -> None:
    """An audit that ends at a row of a pass, without a chance to tidy up."""

    def progress(doing: str, done: int, total: int) -> None:
        if doing == what and done >= at:
            raise Interrupted

    with pytest.raises(Interrupted):
        await attested.audited(span, keeping=keeping(folder), page=PAGE, progress=progress)


async def test_an_audit_that_was_killed_goes_on_with_what_it_had_found(
    attested: Attested, tmp_path: Path
) -> None:
    """Killed for real, in a process of its own, by SIGKILL."""
    attested.tamper(FLIP, 100)
    attested.tamper(FLIP, 500)
    whole = await attested.audited()
    database = attested.office.database
    command = [
        sys.executable,
        "-m",
        "tests.audit.killed",
        database.name,
        database.owner_dsn,
        database.app_dsn,
    ]
    command += [str(attested.folder), str(tmp_path), "400"]
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    done = await asyncio.to_thread(run, command)
    assert done.returncode == -signal.SIGKILL, done.stderr
    attested.tamper(FLIP, 100)  # put right: only the half that was killed can have found it
    found = await attested.audited(keeping=keeping(tmp_path, resume=True), page=PAGE)
    assert found.said[0].startswith("it went on from position 350, as of position ")
    leaves = [f["position"] for f in found.findings if f["kind"] == "leaf"]
    assert leaves == [100, 500]
    assert (found.positions, found.dossiers) == (whole.positions, whole.dossiers)
    assert found.attested == whole.attested, "every checkpoint and tile once"
    assert not (tmp_path / "audit.state").exists(), "it came to its end"


async def test_one_that_was_interrupted_between_streams_goes_on_after_the_last_that_was_judged(
    attested: Attested, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.audit_streams.AT_ONCE", 20)
    whole = await attested.audited()
    await interrupted(attested, tmp_path, STREAMS, whole.positions + 300)
    attested.tamper(FLIP, 10)  # of the pass that is over
    found = await attested.audited(keeping=keeping(tmp_path, resume=True), page=PAGE)
    assert "leaf" not in found.kinds
    assert (found.positions, found.dossiers, found.attested) == (
        whole.positions,
        whole.dossiers,
        whole.attested,
    )
    assert not {"code", "flow"} & found.kinds.keys(), "sums over both halves"


async def test_what_was_recorded_meanwhile_is_left_to_the_next_audit(
    growing: Attested, tmp_path: Path
) -> None:
    whole = await growing.audited()
    await interrupted(growing, tmp_path, EVENTS, 400)
    await growing.file(3)
    await growing.attest()
    await growing.shown()
    found = await growing.audited(keeping=keeping(tmp_path, resume=True), page=PAGE)
    assert found.ok, found.findings
    assert (found.until, found.positions) == (whole.until, whole.positions)
    assert any("what is shown was not compared" in said for said in found.said)


@pytest.mark.parametrize("change", ["program", "options", "before", "last", "state", "flip"])
async def test_it_begins_anew_where_what_it_depends_on_changed(
    attested: Attested, tmp_path: Path, change: str
) -> None:
    await interrupted(attested, tmp_path, EVENTS, 400)
    span, program = None, "this"
    if change == "program":
        program, says = "another", "since the interrupted audit the program changed: it began anew"
    elif change == "options":
        span, says = Span(until=500), "since the interrupted audit the options changed: it began anew"
    elif change == "before":
        attested.tamper("UPDATE event SET leaf = sha256(leaf) WHERE position = 350")
        says = "since the interrupted audit position 350 changed: it began anew"
    elif change == "last":
        ((last,),) = attested.rows("SELECT max(position) FROM event")
        attested.tamper("DELETE FROM event WHERE position = %s", last)
        says = f"since the interrupted audit position {last} changed: it began anew"
    else:
        state = tmp_path / "audit.state"
        if change == "flip":  # a digit of the position that was reached: JSON as good as before
            saved = state.read_bytes()
            assert saved.count(b'"reached":350') == 1
            state.write_bytes(saved.replace(b'"reached":350', b'"reached":300'))
        else:
            state.write_bytes(b"{}")
        says = "the state of the interrupted audit cannot be read: it began anew"
    found = await attested.audited(span, keeping=keeping(tmp_path, resume=True, program=program), page=PAGE)
    assert says in found.said
    assert found.since == 0
    assert found.positions == found.until


async def test_without_an_interrupted_audit_it_begins_at_the_beginning(
    attested: Attested, tmp_path: Path
) -> None:
    found = await attested.audited(keeping=keeping(tmp_path, resume=True))
    assert found.ok
    assert "no interrupted audit was found: it began at the beginning" in found.said


async def test_where_its_state_cannot_be_kept_it_goes_on_and_says_so(
    attested: Attested, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    found = await attested.audited(keeping=keeping(tmp_path / "file"), page=PAGE)
    assert found.ok, found.findings
    (said,) = [said for said in found.said if "its state could not be kept" in said]
    assert str(tmp_path / "file") in said
