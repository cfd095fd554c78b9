"""`hoso procedures doubts`, `decide` and `tag`: what is not trusted of the published list, and which
programmes a procedure belongs to."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from application.changing import Asked
from application.limit_decisions import decide_limit, listed_limit, undecided
from application.lookup import day_of
from application.programmes import Tagged, tag_procedures
from application.refusals import Refused
from interfaces import cursors
from interfaces import doubt_texts as limit_words
from interfaces.cli.loading import changed
from interfaces.cli.options import At, Json, KnownAt, read_known_at, read_time
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.run import Call, with_ledger
from interfaces.texts import Language
from interfaces.wiring import read_programme

DECIDED_SO = "procedure.decide.news"
"""The rule by which exactly the same is not decided again: it is known, and the other channels go on."""


class Channel(StrEnum):
    counter = "counter"
    online = "online"
    post = "post"
    kiosk = "kiosk"


class Unit(StrEnum):
    working_day = "working_day"
    calendar_day = "calendar_day"
    hour = "hour"
    working_hour = "working_hour"
    month = "month"


def doubts(
    at: At = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Procedures.")] = 50,
    as_json: Json = False,
) -> None:
    """Limits of the published list that are in doubt and not decided yet, by code, with the reasons."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None
    after = read_cursor(cursors.code_place, cursor)

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        items = undecided(moment.organisation, day_of(t), after, limit)
        following = cursors.after_code(items[-1] if len(items) == limit else None)
        rows = [_line(item["code"], line, call.language) for item in items for line in item["limits"]]
        listed = table(*limit_words.columns(call.language), rows=rows)
        sentence = limit_words.to_decide(len(rows), len(items), call.language) + goes_on(
            following, call.language
        )
        return Done({"at": t, "items": items, "next": following}, sentence, (listed,) if rows else ())

    with_ledger("Reading doubts", as_json, work)


def _line(code: str, line: dict[str, Any], language: Language) -> tuple[Any, ...]:
    said = " ".join(part for part in (line["listed_time"], line["listed_unit"]) if part)
    text = (line["text"] or "")[:80]
    if line["cases"]:
        cases = "; ".join(_case(case, language) for case in line["cases"])
        text = f"không nêu trường hợp: {cases}" if language == "vi" else f"names no case: {cases}"
    why = "; ".join(limit_words.of_doubt(reason, language == "vi") for reason in line["doubts"])
    return code, line["version"], line["channel"], line["case"], said, why, text


def _case(case: dict[str, Any], language: Language) -> str:
    limit = limit_words.amount_of(case["limit_amount"], case["limit_unit"], language)
    return f"{case['case'][:40]} ({limit})"


def decide(
    code: Annotated[str, typer.Argument(help="The procedure's code.", show_default=False)],
    version: Annotated[int, typer.Option(min=1, help="The version's number.")],
    channel: Annotated[list[Channel], typer.Option(help="The channel; may be given several times.")],
    basis: Annotated[str, typer.Option(help="The provision or decision. It is public: it names nobody.")],
    case: Annotated[str | None, typer.Option(help="The line's case, as `doubts` shows it.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=10_000, help="The amount.")] = None,
    unit: Annotated[Unit | None, typer.Option(help="The amount's unit.")] = None,
    no_limit: Annotated[bool, typer.Option("--no-limit", help="The law sets none.")] = False,
    as_listed: Annotated[bool, typer.Option("--as-listed", help="What the list says is right.")] = False,
    as_json: Json = False,
) -> None:
    """Decide what a limit in doubt is: from then on dossiers are accepted by it. A registrar does it."""
    if (limit is not None) + no_limit + as_listed != 1 or (limit is None) != (unit is None):
        raise typer.BadParameter(
            "say what the limit is: --limit 5 --unit working_day, or --as-listed, or --no-limit",
            param_hint="--limit",
        )

    async def work(call: Call) -> Done:
        done, known = list[Done](), list[str]()
        for way in dict.fromkeys(channel):
            amount, of_unit = limit, unit.value if unit else None
            if as_listed:
                moment = await call.services.reader.moment(fresh=True)
                amount, of_unit = listed_limit(moment.organisation, code, version, way.value, case)
            said = limit_words.decided(code, version, way.value, amount, of_unit, call.language)
            try:
                recorded = await decide_limit(
                    call.services.registry,
                    Asked(call.identity()),
                    code,
                    version=version,
                    channel=way.value,
                    case=case,
                    limit_amount=amount,
                    limit_unit=of_unit,
                    basis=basis,
                )
            except Refused as refusal:
                if refusal.rule.id != DECIDED_SO:
                    raise
                known.append(way.value)
                done.append(Done({}, f"{said} {limit_words.decided_before(call.language)}"))
            else:
                done.append(changed(recorded, said, call.language))
        decided = [one.document for one in done if one.document]
        return Done({"decided": decided, "known": known}, " ".join(one.sentence for one in done))

    with_ledger("Deciding a limit", as_json, work)


def tag(
    file: Annotated[Path, typer.Argument(help="A JSON document of a programme.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Say which procedures belong to a programme, and from which day; what is known already is left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        read = read_programme(file)
        until = read["valid_until"]
        programme = {
            "programme": read["programme"],
            "valid_from": date.fromisoformat(read["valid_from"]),
            "valid_until": date.fromisoformat(until) if until else None,
            "source": read["source"],
        }
        done = await tag_procedures(call.services.registry, identity, programme, read["codes"])
        return _tagged(done, read["programme"], len(read["codes"]), read["official_count"])

    with_ledger("Tagging procedures", as_json, work)


def _tagged(done: Tagged, programme: str, codes: int, official: int) -> Done:
    said = [f"{plural(done.recorded, 'procedure')} tagged {programme}, {done.known:,} known already."]
    if codes == official:
        said.append(f"The list has {codes:,} codes, as many as the official count.")
    else:
        said.append(f"The list has {codes:,} codes, the official count is {official:,}: check the list.")
    if done.unknown:
        said.append(f"Unknown here: {_some(done.unknown)}. Load these procedures, then give it again.")
    if done.outside:
        said.append(f"Tagged from the same day, and not in the list: {_some(done.outside)}.")
    document = {
        "programme": programme,
        "codes": codes,
        "official_count": official,
        "recorded": done.recorded,
        "known": done.known,
        "unknown": done.unknown,
        "outside": done.outside,
    }
    return Done(document, " ".join(said))


def _some(codes: tuple[str, ...]) -> str:
    more = f" and {len(codes) - 10:,} more" if len(codes) > 10 else ""
    return f"{', '.join(codes[:10])}{more}"
