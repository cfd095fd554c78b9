"""`hoso files`: is every file there and unharmed, and which does nobody name?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from application import file_check
from application.file_ports import SWEPT_AFTER, StoredFile
from application.policy import allow
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="Files of dossiers: checked against the log, and swept.")
MOST_SHOWN = 100
MOST_LISTED = 1_000
PUT_RIGHT = (
    "Look at HOSO_FILES first: it has to name the store that the files were put into. Where it does, put "
    "each one back from a backup of the file store, under the same name; then check again."
)


@app.command()
def check(as_json: Json = False) -> None:
    """Read every file that a fact names: it is there, unchanged, and opens with its subject's key."""

    async def work(call: Call) -> Done:
        services = call.services
        moment = await services.reader.moment(fresh=True)
        allow(call.identity(), "audit", moment)
        ledger = services.ledger
        sealed, store = services.files.sealed, services.files.store
        found = await file_check.check(ledger.recorder, ledger.codec, sealed, store, call.working.at)
        return checked(found)

    with_ledger("Reading the files", as_json, work)


def checked(found: file_check.Checked) -> Done:
    """`{ok, through, files, erased, found, findings}`, at most 1,000 of these, and the sentence; exit code 1
    when something was found."""
    document = {
        "ok": not found.findings,
        "through": found.through,
        "files": found.files,
        "erased": found.erased,
        "found": found.found,
        "findings": list(found.findings),
    }
    read = f"{plural(found.files, 'file')} named up to position {found.through:,} read"
    if found.erased:
        read += f", {found.erased:,} of them erased for good"
    if not found.findings:
        return Done(document, f"The files are sound: {read}, nothing found.")
    first = f" (the first {len(found.findings):,})" if found.found > len(found.findings) else ""
    rows = [(f["kind"], f["position"], f["code"], f["says"]) for f in found.findings]
    return Done(
        document,
        f"The files are NOT sound: {read}, {plural(found.found, 'finding')}{first} above. {PUT_RIGHT}",
        (table("What", "Position", "Dossier", "Finding", rows=rows),),
        1,
    )


@app.command()
def sweep(
    older_than: Annotated[
        str, typer.Option(help="How long a file must have been there: 48h, 7d; at least 40h.")
    ] = "48h",
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are listed.")] = False,
    after: Annotated[str, typer.Option(help="List those whose names come after this one.")] = "",
    as_json: Json = False,
) -> None:
    """Files that no fact names: uploads whose act never came. Lists them, 1,000 at a time, and with --yes
    removes all of them."""
    age = read_age(older_than)

    async def work(call: Call) -> Done:
        services = call.services
        ledger, store = services.ledger, services.files.store
        moment = await services.reader.moment(fresh=True)
        allow(call.identity(), "sweep-files", moment)
        _, head = await ledger.recorder.clock()
        before = datetime.now(UTC) - age  # the store's time, not that of a demo ledger
        unnamed = file_check.unnamed(ledger.recorder, ledger.codec, store, before, call.working.at, after)
        if not yes:
            return listed(await _first(unnamed), older_than)
        removed, size = await file_check.sweep(ledger.recorder, ledger.codec, store, unnamed, head)
        cleared = await store.clear(before)
        document = {"removed": removed, "bytes": size, "unfinished": cleared}
        unfinished = f" and {plural(cleared, 'unfinished upload')}" if cleared else ""
        return Done(document, f"Removed {plural(removed, 'file')}{unfinished}, {size:,} bytes.")

    with_ledger("Reading the log", as_json, work)


async def _first(found: AsyncIterator[StoredFile]) -> list[StoredFile]:
    """One more than are listed, where there are more."""
    first: list[StoredFile] = []
    async for one in found:
        first.append(one)
        if len(first) > MOST_LISTED:
            break
    return first


def listed(found: list[StoredFile], older_than: str) -> Done:
    """`{files, bytes, items, next}`: at most 1,000, of which 100 are shown to people; `next`: `--after` for
    those that come then, null where none does."""
    found, more = found[:MOST_LISTED], len(found) > MOST_LISTED
    size = sum(one.size for one in found)
    items: list[dict[str, Any]] = [
        {"file": one.file, "size": one.size, "stored_at": one.stored_at} for one in found
    ]
    document = {"files": len(found), "bytes": size, "items": items, "next": found[-1].file if more else None}
    if not found:
        return Done(document, f"Nothing to sweep: every file older than {older_than} is named by a fact.")
    rows = [(one.file, one.stored_at, one.size) for one in found[:MOST_SHOWN]]
    shown = f" (the first {MOST_SHOWN} shown)" if len(found) > MOST_SHOWN else ""
    least = "at least " if more else ""
    return Done(
        document,
        f"{least}{plural(len(found), 'file')} older than {older_than}{shown}, {size:,} bytes, named by no "
        "fact. Nothing was removed: give --yes to remove them.",
        (table("File", "Stored at", "Bytes", rows=rows),),
    )


def read_age(text: str) -> timedelta:
    """`48h` or `7d`; a usage error for anything else, and for less than 40 hours: an upload may be
    waiting for its act."""
    written = re.fullmatch(r"([0-9]{1,5})([hd])", text)
    age = (
        timedelta(**{"h": {"hours": 1}, "d": {"days": 1}}[written[2]]) * int(written[1]) if written else None
    )
    if age is None or age < SWEPT_AFTER:
        raise typer.BadParameter(
            f"{text!r} is no age: write it like 48h or 7d, at least 40h", param_hint="--older-than"
        )
    return age
