"""`hoso handover rehearse`: the whole act on a copy of the database; the real one is only read."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from application import rehearsed as found
from application import rehearsing
from application.policy import allow
from interfaces import wiring
from interfaces.cli import nobody_told
from interfaces.cli.handover_parts import ActId, PartId
from interfaces.cli.nobody_told import Nobody
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, plural, table
from interfaces.cli.run import without_ledger
from interfaces.rehearsal import Real, Stage, open_real, open_stage

COLUMNS = ("Part", "Was", "Would move", "Moved", "Provisional", "Overdue", "Without holder", "Seconds")


def rehearse(
    act: ActId,
    part: PartId = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the copy to look at; it opens nobody's data.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the whole act on a copy with the clock at its hour; say what would happen and how long it takes."""

    async def task(settings: wiring.Settings, working: Working) -> Done:
        def tell(what: str, done: int, total: int) -> None:
            working.at(done, total or None, what)

        async with open_real(settings) as real:
            acting = allow(real.identity, "rehearse-handover", real.moment)
            parts = rehearsing.parts_to_rehearse(real.moment.organisation, act, part)
            assert acting.agency is not None, "an operator acts through a posting"
            begun = time.monotonic()
            async with open_stage(settings, real, tell, keep=keep) as stage:
                services = stage.opened.services

                async def catch_up(position: int) -> None:
                    await wiring.catch_up(stage.opened, position)

                copy = rehearsing.Copy(
                    services.ledger_id,
                    services.ledger,
                    services.handovers,
                    services.registry,
                    stage.opened.recorder,
                    catch_up,
                    tell,
                )
                rehearsed = await rehearsing.rehearse(
                    copy, parts, real.identity, acting.agency, act if part is None else None
                )
            return _said(real, stage, act, rehearsed, time.monotonic() - begun)

    without_ledger("Rehearsing", as_json, task)


def _said(real: Real, stage: Stage, act: Any, rehearsed: list[found.Rehearsed], seconds: float) -> Done:
    known = real.moment.organisation.acts[act]
    real_run = found.real_run_seconds(rehearsed)
    total = found.summed(rehearsed)
    document = {
        "handover": act,
        "number": known.number,
        "position": stage.copied.position,
        "copy": {"rows": stage.copied.rows, "bytes": stage.copied.bytes, "kept": stage.kept},
        "parts": [one.as_dict() for one in rehearsed],
        "total": total,
        "seconds": {"copy": round(stage.seconds, 1), "all": round(seconds, 1)},
        "real_run_seconds": round(real_run, 1),
        "ok": not total["findings"],
    }
    rows = [
        (
            one.name,
            one.state,
            one.simulated.get("total"),
            one.outcome.handed_over,
            one.outcome.provisional,
            one.outcome.overdue,
            one.reconciled.get("holders_other_than_one"),
            round(sum(one.seconds.values()), 1),
        )
        for one in rehearsed
    ]
    shown = [table(*COLUMNS, rows=rows)]
    nobody = [Nobody.of(one.name, one.nobody, one.unstaffed) for one in rehearsed]
    shown += nobody_told.tables(nobody)
    findings = [(one.name, finding) for one in rehearsed for finding in one.findings]
    if findings:
        shown.append(table("Part", "To look at before the hour", rows=findings[:200]))
    kept = f" The copy is kept as the database {stage.kept}." if stage.kept else ""
    moved = (
        f"{plural(total['handed_over'], 'dossier')} would move, {total['provisional']:,} of them until a"
        f" person decides, {total['overdue']:,} overdue, {total['without_holder']:,} without a holder"
    )
    ending = (
        f"Rehearsed {known.number} on a copy, the real ledger is as it was: {moved}."
        f" The real run takes about {_lasting(real_run)} on this server.{kept}{nobody_told.sentence(nobody)}"
    )
    if findings:
        return Done(document, f"{ending} {plural(len(findings), 'finding')} above: put them right first.",
                    tuple(shown), 1)  # fmt: skip
    return Done(document, f"{ending} Nothing stands in its way.", tuple(shown))


def _lasting(seconds: float) -> str:
    return plural(max(round(seconds), 1), "second") if seconds < 90 else plural(round(seconds / 60), "minute")
