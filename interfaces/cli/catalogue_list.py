"""The national list by command: loaded, compared with what is known, and reported on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from application.catalogue_report import report_of
from application.national_loads import ListLoaded, load_list
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call
from interfaces.wiring import Listed, read_national

Json = dict[str, Any]
SHOWN = 20
"""So many changed procedures are shown; --json has all."""

COUNTS = {
    "units": "Rows by unit",
    "number_without_unit": "Rows with a number and no unit",
    "no_limit_named": "Rows that name no limit",
    "time_and_fee_together": "Rows where time and fee run together",
    "days_though_text_has_working_days": "Rows of days whose text has working days",
    "codes_disagree": "Procedures whose page is that of other codes too",
    "limits_differ_between_rows": "Procedures with different limits in two rows",
    "limits_differ_by_channel": "Procedures with different limits by channel",
    "several_limits_in_a_channel": "Procedures with several limits in one channel",
    "fees_differ_by_channel": "Procedures with different fees by channel",
    "district_named": "Procedures in which a district is still named",
    "procedures_without_channel": "Procedures without any channel",
    "commune_level": "Procedures at commune level",
    "commune_level_with_number": "of these with a number for a limit",
}


async def load_national(
    call: Call, path: Path, valid_from: date | None, *, past: bool, over_own: bool
) -> Done:
    """What `hoso procedures load` does with the national list."""
    identity = call.identity()
    listed = list(read_national(path))
    loaded = await load_list(
        call.services.registry, identity, listed, valid_from, call.working.at, over_own=over_own, past=past
    )
    report = report_of(listed)
    document = {name: report[name] for name in ("procedures", "channels", "doubtful")}
    document |= {
        "recorded": loaded.recorded,
        "published": loaded.published,
        "known": loaded.known,
        "changed": [{"code": c, "differences": d} for c, d in sorted(loaded.changed.items())],
        "limits_changed": loaded.limits_changed,
        "in_doubt_again": loaded.in_doubt_again,
        "valid_from": valid_from,
        "own": loaded.own,
        "gone": loaded.gone,
        "report": report,
    }
    shown = () if loaded.published or not loaded.changed else (_differences(loaded),)
    return Done(document, _sentence(loaded, report, valid_from), (*shown, *_tables(report)))


def reported(path: Path) -> Done:
    """What `hoso procedures report` says of a list, which need not be loaded."""
    report = report_of(read_national(path))
    sentence = (
        f"{plural(report['procedures'], 'procedure')} with {plural(report['channels'], 'channel')}:"
        f" {report['doubtful']:,} have a doubtful limit, in {report['procedures_doubtful']:,} procedures."
    )
    return Done({"report": report}, sentence, _tables(report))


def _sentence(loaded: ListLoaded, report: Mapping[str, Any], valid_from: date | None) -> str:
    """First what an operator has to stop at: a list that lost much, then how many limits it changes."""
    first = ""
    if len(loaded.gone) * 10 > loaded.listed_before:
        first = (
            f"Look at the list first: {len(loaded.gone):,} of {loaded.listed_before:,} procedures of earlier"
            " lists are not in it. "
        )
    if loaded.limits_changed:
        first += f"Limits of {plural(loaded.limits_changed, 'procedure')} change. "
    doubtful = f"{plural(report['channels'], 'channel')}, {report['doubtful']:,} with a doubtful limit"
    said = "; ".join(_outcome(loaded, valid_from))
    return f"{first}{said}. The list has {doubtful}: see `hoso procedures doubts`."


def _outcome(loaded: ListLoaded, valid_from: date | None) -> Iterator[str]:
    yield f"{plural(loaded.recorded, 'procedure')} recorded" if loaded.recorded else "No new procedure"
    if loaded.known:
        yield f"{loaded.known:,} known already"
    if loaded.published:
        again = loaded.in_doubt_again
        yield f"{plural(loaded.published, 'new version')} published, valid from {valid_from}"
        if again:
            yield f"{plural(again, 'decided limit')} of them in doubt again: decide anew"
    elif loaded.changed:
        yield (
            f"{len(loaded.changed):,} differ, of which nothing is recorded: look at the"
            " differences, then publish them with --valid-from DAY"
        )
    if loaded.own:
        yield (
            f"{len(loaded.own):,} left alone, since a document of one's own spoke last"
            f" ({_some(loaded.own)}): --over-own lets the list replace it"
        )
    if loaded.gone:
        yield (
            f"{len(loaded.gone):,} of an earlier list are not in this one ({_some(loaded.gone)}):"
            " nothing is recorded of them"
        )


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:3]) + (", ..." if len(codes) > 3 else "")


def _differences(loaded: ListLoaded) -> RenderableType:
    rows: list[tuple[Any, ...]] = []
    for code, differences in sorted(loaded.changed.items())[:SHOWN]:
        rows += [(code, d["field"], _said(d["was"]), _said(d["is"])) for d in differences]
    return table("Code", "Field", "Known", "List", rows=rows)


def _said(value: Any) -> str:
    """A line of a channel in a few words; anything else as it is."""
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        limit = f"{value['limit_amount']} {value['limit_unit']}" if value["limit_amount"] else "no limit"
        fee = "fee unknown" if value["fee_vnd"] is None else f"{value['fee_vnd']:,} VND"
        doubts = f" (doubt: {', '.join(value['doubts'])})" if value["doubts"] else ""
        return f"{limit}{doubts}, {fee}; {(value['text'] or '')[:60]}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _tables(report: Mapping[str, Any]) -> tuple[RenderableType, ...]:
    counted: list[tuple[Any, ...]] = []
    for name, words in COUNTS.items():
        if name == "units":
            counted += [(f"{words}: {unit}", rows) for unit, rows in report["units"].items()]
        else:
            counted.append((words, report[name]))
    doubts: list[tuple[Any, ...]] = [
        (reason, found["channels"], found["procedures"]) for reason, found in report["doubts"].items()
    ]
    return (
        table("Counted", "Number", rows=counted),
        table("Doubt", "Rows", "Procedures", rows=doubts),
    )


__all__ = ["Listed", "load_national", "reported"]
