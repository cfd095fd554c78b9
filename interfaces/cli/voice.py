"""`hoso voice`: feedback and complaints, and within what they are answered."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from application import voice_reading, voices
from application.catalogue_loads import load_voice_limits
from application.voices import VoiceAnswer
from interfaces import cursors
from interfaces.cli.lines import dossier_named
from interfaces.cli.loading import loaded
from interfaces.cli.options import Json, read_id, read_time
from interfaces.cli.output import Done, cell, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.voices import voices_of
from interfaces.wiring import read_voice_limits

app = typer.Typer(help="What citizens say of an agency's work: feedback and complaints, and their answers.")

Id = Annotated[
    UUID,
    typer.Argument(help="Its id, as `list` shows it.", metavar="ID", parser=lambda t: read_id(t, "ID")),
]
Agency = Annotated[str, typer.Option(help="An agency.", metavar="IDENTIFIER")]


class Kind(StrEnum):
    feedback = "feedback"
    complaint = "complaint"


class Way(StrEnum):
    counter = "counter"
    online = "online"
    post = "post"
    phone = "phone"


class Outcome(StrEnum):
    explained = "explained"
    upheld = "upheld"
    partly_upheld = "partly_upheld"
    not_upheld = "not_upheld"


@app.command()
def limits(
    file: Annotated[Path, typer.Argument(help="A JSON document of limits.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Set within what feedback and complaints are answered, from a day on; what came before stays."""

    async def work(call: Call) -> Done:
        entries = read_voice_limits(file)
        done = await load_voice_limits(call.services.registry, call.identity(), entries)
        return loaded(done, "kind", {"limits": len(entries)})

    with_ledger("Loading limits", as_json, work)


@app.command()
def receive(
    agency: Annotated[str, typer.Option(help="Of which it is said.", metavar="IDENTIFIER")],
    kind: Annotated[Kind, typer.Option(help="What it is.")],
    way: Annotated[Way, typer.Option(help="How it came.")],
    text: Annotated[str, typer.Option(help="What is said.")],
    by: Annotated[
        str | None, typer.Option(help="The citizen's id; without it nobody is named.", metavar="CITIZEN")
    ] = None,
    dossier: Annotated[
        str | None, typer.Option(help="Where it is about one dossier.", metavar="CODE")
    ] = None,
    procedure: Annotated[
        str | None, typer.Option(help="Where it is about one procedure.", metavar="CODE")
    ] = None,
    at: Annotated[str | None, typer.Option(help="When it came, if earlier than now.", metavar="T")] = None,
    as_json: Json = False,
) -> None:
    """Record feedback or a complaint as received."""
    came = read_time(at, "--at") if at else None
    speaks = read_id(by, "--by") if by else None

    async def work(call: Call) -> Done:
        about = await dossier_named(call, dossier) if dossier else None
        of = await _agency(call, agency)
        said = voices.Said(kind.value, of, way.value, text, speaks, about, procedure, came)
        done = await voices.receive(voices_of(call.services), call.identity(), said)
        return _said(done, f"Received as {done.voice}. Its due date: `hoso voice show {done.voice}`.")

    with_ledger("Receiving", as_json, work)


@app.command("list")
def list_(
    agency: Annotated[
        str | None, typer.Option(help="Only what this one has to answer.", metavar="IDENTIFIER")
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Only what waits for an answer.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Only what is past its due date, or was.")] = False,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """Feedback and complaints, the oldest first, with who has to answer and until when."""
    after = read_cursor(cursors.voice_place, cursor)

    async def work(call: Call) -> Done:
        office, identity = voices_of(call.services), call.identity()
        moment = await call.services.reader.moment(fresh=True)
        await office.index.shown(moment.read_up_to)
        of = await _agency(call, agency) if agency else None
        items = await voice_reading.listed(
            office, identity, agency=of, open_only=open, late_only=late, after=after, limit=limit
        )
        following = cursors.after_voice(items[-1] if len(items) == limit else None)
        waiting = sum(item["open"] for item in items)
        then = " `hoso voice answer` answers one, `pass-on` gives it to who has to." if waiting else ""
        overdue = sum(item["late"] is True for item in items)
        sentence = f"{len(items):,} listed, {waiting:,} open, {overdue:,} late.{then}{goes_on(following)}"
        columns = ("Id", "Kind", "Answers", "Received", "Due", "Late", "Ended", "Outcome", "What")
        rows = [_row(item) for item in items]
        said = {"items": items, "next": following}
        return Done(said, sentence, (table(*columns, rows=rows),) if rows else ())

    with_ledger("Reading feedback and complaints", as_json, work)


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    late = "unknown" if item["late"] is None else item["late"]
    what = (item["text"] or "(erased)") if item["texts"] else "(not shown)"
    return (
        str(item["voice"]),
        item["kind"],
        item["answers"]["identifier"],
        item["received_at"],
        item["due"] or "unknown",
        late,
        item["ended_at"],
        item["outcome"],
        what,
    )


@app.command()
def show(voice: Id, as_json: Json = False) -> None:
    """One of them, with its texts for the agency that has to answer."""

    async def work(call: Call) -> Done:
        found = await voice_reading.one(voices_of(call.services), call.identity(), voice)
        due = f"due {cell(found['due'])}" if found["due"] else "without a due date: no limit was set"
        ended = found["outcome"] or "open"
        late = ", late" if found["late"] else ""
        agency = found["answers"]["identifier"]
        rows = [(name, found[name] if found["texts"] else "(not shown)") for name in voice_reading.TEXTS]
        sentence = f"A {found['kind']} with {agency}, {due}; {ended}{late}."
        return Done(found, sentence, (table("Text", "", rows=rows),))

    with_ledger("Reading", as_json, work)


@app.command("pass-on")
def pass_on(
    voice: Id,
    to: Annotated[str, typer.Option(help="Who has to answer.", metavar="IDENTIFIER")],
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Give it to another agency, which has to answer; the due date stays."""

    async def work(call: Call) -> Done:
        agency = await _agency(call, to)
        done = await voices.pass_on(voices_of(call.services), call.identity(), voice, agency, reason)
        return _said(done, f"{to} has to answer; the due date stays.")

    with_ledger("Passing on", as_json, work)


@app.command()
def answer(
    voice: Id,
    outcome: Annotated[Outcome, typer.Option(help="What came of it.")],
    text: Annotated[str, typer.Option(help="The answer.")],
    as_json: Json = False,
) -> None:
    """Answer it, for the agency that has to."""

    async def work(call: Call) -> Done:
        office = voices_of(call.services)
        done = await voices.answer(office, call.identity(), voice, outcome.value, text)
        return _said(done, "Answered.")

    with_ledger("Answering", as_json, work)


@app.command()
def withdraw(
    voice: Id,
    reason: Annotated[str | None, typer.Option(help="Why; an officer has to say it.")] = None,
    as_json: Json = False,
) -> None:
    """Record that whoever said it takes it back."""

    async def work(call: Call) -> Done:
        done = await voices.withdraw(voices_of(call.services), call.identity(), voice, reason)
        return _said(done, "Withdrawn.")

    with_ledger("Withdrawing", as_json, work)


def _said(done: VoiceAnswer, sentence: str) -> Done:
    document = {"id": done.voice, "revision": done.revision, "position": done.position}
    return Done(document, sentence)


async def _agency(call: Call, identifier: str) -> UUID:
    moment = await call.services.reader.moment(fresh=True)
    return moment.organisation.agency_by_identifier(identifier).id
