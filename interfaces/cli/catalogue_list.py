"""The national list by command: loaded, compared with what is known, and reported on."""

from __future__ import annotations

from collections.abc import Mapping
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


async def load_national(call: Call, path: Path, valid_from: date | None) -> Done:
    """What `hoso procedures load` does with the national list."""
    identity = call.identity()
    listed = list(read_national(path))
    loaded = await load_list(call.services.registry, identity, listed, valid_from, call.working.at)
    report = report_of(listed)
    document = {name: report[name] for name in ("procedures", "channels", "doubtful")}
    document |= {
        "recorded": loaded.recorded,
        "published": loaded.published,
        "known": loaded.known,
        "changed": [{"code": c, "differences": d} for c, d in sorted(loaded.changed.items())],
        "gone": loaded.gone,
        "report": report,
    }
    shown = () if loaded.published or not loaded.changed else (_differences(loaded),)
    return Done(document, _sentence(loaded, report), (*shown, *_tables(report)))


def reported(path: Path) -> Done:
    """What `hoso procedures report` says of a list, which need not be loaded."""
    report = report_of(read_national(path))
    sentence = (
        f"{plural(report['procedures'], 'procedure')} with {plural(report['channels'], 'channel')}:"
        f" {report['doubtful']:,} have a doubtful limit, in {report['procedures_doubtful']:,} procedures."
    )
    return Done({"report": report}, sentence, _tables(report))


def _sentence(loaded: ListLoaded, report: Mapping[str, Any]) -> str:
    said = [f"{plural(loaded.recorded, 'procedure')} recorded" if loaded.recorded else "No new procedure"]
    if loaded.known:
        said.append(f"{loaded.known:,} known already")
    if loaded.published:
        said.append(f"{plural(loaded.published, 'new version')} published")
    elif loaded.changed:
        said.append(
            f"{len(loaded.changed):,} differ, of which nothing is recorded: look at the"
            " differences, then publish them with --valid-from DAY"
        )
    if loaded.gone:
        some = ", ".join(loaded.gone[:3]) + (", ..." if len(loaded.gone) > 3 else "")
        said.append(
            f"{len(loaded.gone):,} of an earlier list are not in this one ({some}):"
            " nothing is recorded of them"
        )
    doubtful = f"{plural(report['channels'], 'channel')}, {report['doubtful']:,} with a doubtful limit"
    return f"{'; '.join(said)}. The list has {doubtful}: see `hoso procedures doubts`."


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
