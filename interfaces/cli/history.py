"""`hoso history`: a dossier's life, as known now or as known then, and what changed between two instants."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import RenderableType

from application.history import MOST_OBSTACLES, History, history
from application.history_changes import changes
from application.moment import Moment
from interfaces.cli.options import Json, KnownAt, ValidAt, read_known_at, read_pair
from interfaces.cli.output import Done, cell, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.paper_words import in_words
from interfaces.registers import ShownRegisters
from interfaces.texts import Language, of_status

COLUMNS = ("Position", "Done at", "Fact", "Status", "Holder", "By", "For", "Procedure", "Notes")
MOST_SHOWN = 60


def show(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only what was recorded after it, and what changed: a position, an instant, or a date.",
            metavar="T",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every fact of a dossier: when, what, by whom, under which agency, version and rules; with --since
    what was learned from then on."""
    asked = read_pair(valid_at, known_at)
    after = read_known_at(since, "--since") if since else None

    async def work(call: Call) -> Done:
        services, identity = call.services, call.identity()
        index = ShownRegisters(services.views)
        changed = None
        if after is not None:
            changed = await changes(services.dossiers, identity, code, since=after, **asked)
        found = await history(services.dossiers, index, identity, code, since=after, **asked)
        moment = await services.reader.moment(fresh=False)
        rows = [_row(entry, moment, call.language) for entry in found.entries]
        shown: list[RenderableType] = [table(*COLUMNS, rows=rows)]
        if changed is not None:
            lines = [_change(line, moment) for line in changed["properties"]]
            shown.append(table("Property", "Before", "After", rows=lines))
        return Done(_document(found, changed), _sentence(found, changed), tuple(shown))

    with_ledger("Reading the history", as_json, work)


def _document(found: History, changed: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "code": found.code,
        "dossier": found.dossier,
        "known_at": found.read_up_to,
        "obstacles_up_to": found.obstacles_up_to,
        "obstacles_left_out": found.obstacles_left_out,
        "linked": found.linked,
        "entries": list(found.entries),
        "changes": changed,
    }


def _row(entry: dict[str, Any], moment: Moment, language: Language) -> tuple[Any, ...]:
    version = entry["procedure_version"]
    return (
        entry["position"],
        entry["occurred_at"],
        entry["type"],
        of_status(entry["status"], language) if entry["status"] else None,
        _agency(moment, entry["holder"]),
        f"{entry['actor']['kind']} {entry['actor']['id']}",
        _agency(moment, entry["acting_agency"]),
        f"{version['procedure']} v{version['version']}" if version else None,
        "; ".join(_notes(entry, language)) or None,
    )


def _notes(entry: dict[str, Any], language: Language) -> list[str]:
    """What a reader must not miss: dated back, corrected, corrects; then the rules, and what papers say."""
    notes = []
    if entry["back_dated_by"] is not None:
        notes.append(f"DATED BACK: recorded {_length(entry['back_dated_by'])} later")
    if entry["corrects"]:
        notes.append(f"corrects {entry['corrects']['type']} at position {entry['corrects']['position']:,}")
    if entry["corrected_by"]:
        notes.append("corrected at " + ", ".join(f"{position:,}" for position in entry["corrected_by"]))
    notes += [_source(rule) for rule in entry["decided_by"]]
    papers = in_words(entry, language)
    return [*notes, *([papers] if papers else [])]


def _source(rule: dict[str, Any]) -> str:
    return f"{rule['rule']} ({rule['act']}, {rule['article']})" if rule["act"] else str(rule["rule"])


def _length(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    return f"{plural(days, 'day')} {rest // 3_600} h"


def _agency(moment: Moment, agency: UUID | None) -> str | None:
    known = moment.organisation.agencies.get(agency) if agency else None
    return known.identifier if known else None


def _change(line: dict[str, Any], moment: Moment) -> tuple[str, str, str]:
    return line["property"], _value(line["before"], moment), _value(line["after"], moment)


def _value(value: Any, moment: Moment) -> str:
    if isinstance(value, UUID) and value in moment.organisation.agencies:
        return moment.organisation.agencies[value].identifier
    text = cell(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 3]}..."


def _sentence(found: History, changed: dict[str, Any] | None) -> str:
    back = sum(entry["back_dated_by"] is not None for entry in found.entries)
    sentence = f"{plural(len(found.entries), 'fact')} about {found.code}"
    if changed is not None:
        sentence += f" recorded after position {found.since:,}"
    sentence += f", as known at position {found.read_up_to:,}."
    if changed is not None:
        sentence += f" {plural(len(changed['properties']), 'property', 'properties')} differ."
    if back:
        sentence += f" {plural(back, 'fact')} dated back by more than a day."
    if found.linked:
        own = next(s["step"] for s in found.linked["steps"] if s["dossier"] == found.dossier)
        sentence += f" It is the step {own} of a linked group: `hoso linked show {found.linked['group']}`"
        sentence += f" has the whole, {plural(len(found.linked['late']), 'thing')} late in it."
    if found.obstacles_up_to < found.read_up_to:
        sentence += f" Obstacles are shown up to position {found.obstacles_up_to:,} only: try again soon."
    if found.obstacles_left_out:
        sentence += f" More than {MOST_OBSTACLES} obstacles name it: see `hoso obstacles list`."
    return sentence
