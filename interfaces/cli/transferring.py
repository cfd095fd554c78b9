"""`hoso handover transfer` and `reconcile`: a whole act or one part of it, alone or beside live traffic."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from application import reconciling, transfer
from application.refusals import BadRequest
from application.transfer import Outcome, Share
from interfaces.cli.errors import told
from interfaces.cli.handover_parts import ActId, Part, PartId, answered, parts_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.standing import loaded, stand_back

MOST_SHARES = 64
NEXT = "Reconcile next."


def read_share(text: str) -> Share:
    """`2/3`: the second of three shares. A usage error for anything else."""
    number, _, of = text.partition("/")
    if number.isascii() and number.isdigit() and of.isascii() and of.isdigit():
        share = Share(int(number), int(of))
        if 1 <= share.number <= share.of <= MOST_SHARES:
            return share
    raise typer.BadParameter(
        f"write 2/3 for the second of three shares (at most {MOST_SHARES})", param_hint="--share"
    )


@dataclass(slots=True)
class _Transferred:
    """What a run did, part by part. `early`: parts whose hour has not come, with the reason."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    early: list[tuple[Part, BadRequest]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        names = ("written", "found", "not_moved", "refused", "total")
        return {name: sum(row["counts"][name] for row in self.rows) for name in names}

    @property
    def finished(self) -> bool:
        return all(row["position"] for row in self.rows)

    @property
    def position(self) -> int:
        return max(int(row["position"]) for row in self.rows)


def transfer_act(
    act: ActId,
    part: PartId = None,
    share: Annotated[
        str,
        typer.Option(
            help="Of several processes at once: which share of the dossiers this one takes.", metavar="K/N"
        ),
    ] = "1/1",
    outcomes: Annotated[
        Path | None,
        typer.Option(help="A file to be written: a line of JSON for each dossier.", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Record the transfer of each dossier; stopped anywhere and run again it writes what is missing."""
    mine = read_share(share)

    async def work(call: Call) -> Done:
        stand_back(call.opened.settings.transfer_nice)
        call.identity()
        began = time.monotonic()
        chosen = await parts_of_act(call, act, part)
        done = _Transferred()
        async with AsyncExitStack() as stack:
            file = stack.enter_context(outcomes.open("wb")) if outcomes else None

            def tell(outcome: Outcome) -> None:
                if file is not None:
                    file.write(orjson.dumps(asdict(outcome), option=orjson.OPT_APPEND_NEWLINE))

            loaded()
            for one in chosen:
                await _transfer(call, one, mine, tell, done)
        if not done.rows:
            raise done.early[0][1]
        document = answered(act, chosen[0].id if len(chosen) == 1 else None, done.position, done.counts())
        document |= {
            "finished": done.finished,
            "share": f"{mine.number}/{mine.of}",
            "parts": done.rows,
            "early": [one.id for one, _ in done.early],
            "seconds": round(time.monotonic() - began, 3),
            "lock_ms": lock_held(call),
        }
        return Done(document, _sentence(done, mine), _listed(done), 1 if done.counts()["refused"] else 0)

    with_ledger("Transferring dossiers", as_json, work)


async def _transfer(call: Call, one: Part, share: Share, tell: transfer.Told, done: _Transferred) -> None:
    busy = call.opened.settings.transfer_busy
    running = transfer.transfer(
        call.services.handovers, call.identity(), one.id, share=share, tell=tell, busy=busy
    )
    last = transfer.Progress(0, 0, 0)
    try:
        async with aclosing(running) as steps:
            async for last in steps:
                call.working.at(last.done, last.total, f"Transferring {one.name}")
    except BadRequest as early:
        done.early.append((one, early))
        return
    done.rows.append({"part": one.id, "name": one.name, "position": last.position, "counts": last.counts()})


def lock_held(call: Call) -> dict[str, Any]:
    """How long this process's chunks held the log's lock: beside others' appends, and alone."""
    recorder = call.opened.recorder
    return {
        "in_traffic": asdict(recorder.bulk_lock(in_traffic=True)),
        "alone": asdict(recorder.bulk_lock(in_traffic=False)),
    }


def _sentence(done: _Transferred, share: Share) -> str:
    counts = done.counts()
    found = f"; {counts['found']:,} had been recorded before" if counts["found"] else ""
    many = f" in {plural(len(done.rows), 'part')}" if len(done.rows) > 1 else ""
    said = f"{plural(counts['written'], 'transfer')} recorded of {counts['total']:,}{many}{found}."
    if counts["not_moved"]:
        said += f" {plural(counts['not_moved'], 'dossier')} that a read model lists did not move."
    if done.early:
        said += f" {plural(len(done.early), 'part')} of the act have no transfer yet: {done.early[0][1]}."
    if counts["refused"]:
        return (
            f"{said} {plural(counts['refused'], 'dossier')} could not be stated: see why with"
            " --outcomes FILE, put it right and run this again."
        )
    if not done.finished:
        return f"{said} The other shares still have to be written: the last one to end finishes the transfer."
    return f"{said} {NEXT}"


def _listed(done: _Transferred) -> tuple[Any, ...]:
    if len(done.rows) == 1:
        return ()
    names = ("written", "found", "not_moved", "refused", "total")
    rows = [
        (row["name"], *(row["counts"][name] for name in names), row["position"] or None) for row in done.rows
    ]
    return (table("Part", "Written", "Found", "Not moved", "Refused", "Total", "Finished at", rows=rows),)


def reconcile(act: ActId, part: PartId = None, as_json: Json = False) -> None:
    """Check that every dossier that moved has one holder and one transfer, and record the counts."""

    async def work(call: Call) -> Done:
        stand_back(call.opened.settings.transfer_nice)
        identity = call.identity()
        chosen = await parts_of_act(call, act, part)
        if part is None and len(chosen) > 1:
            chosen = [one for one in chosen if one.state != "cancelled"] or chosen
        office, busy = call.services.handovers, call.opened.settings.reconcile_busy
        loaded()
        if len(chosen) == 1:
            answer = await reconciling.reconcile(
                office, identity, chosen[0].id, progress=call.working.at, busy=busy
            )
            said = answered(act, chosen[0].id, answer.position, answer.counts)
            return Done(said, _reconciled(dict(answer.counts)))
        found = await reconciling.reconcile_act(office, identity, act, progress=call.working.at, busy=busy)
        return _act_reconciled(call, act, found)

    with_ledger("Reconciling", as_json, work)


def _reconciled(counts: dict[str, Any]) -> str:
    return (
        f"Reconciled: {plural(counts['moved'], 'dossier')} moved, {counts['handed_over']:,} transfers,"
        f" {counts['acknowledged']:,} acknowledged, {counts['refused']:,} refused,"
        f" {counts['silent']:,} not answered yet, {counts['provisional']:,} still to be decided by a person,"
        f" {counts['assigned_elsewhere']:,} with an officer who is elsewhere."
        " Issue the certificate next: hoso certificate issue."
    )


def _act_reconciled(call: Call, act: UUID, found: list[reconciling.PartReconciled]) -> Done:
    total: dict[str, int] = {}
    rows: list[tuple[Any, ...]] = []
    parts: list[dict[str, Any]] = []
    for one in found:
        counts = dict(one.answer.counts) if one.answer else {}
        for name, value in counts.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
        why = told(one.problem, call.language) if one.problem else None
        state = "reconciled" if one.answer else "reconciled before" if one.before else "not reconciled"
        rows.append(
            (one.name, state, counts.get("moved"), counts.get("silent"), why.sentence if why else None)
        )
        position = one.answer.position if one.answer else 0
        problem = {"code": why.code, "message": why.sentence} if why else None
        parts.append(
            {"part": one.part, "name": one.name, "position": position, "counts": counts, "before": one.before}
            | {"problem": problem}
        )
    open_parts = sum(one.problem is not None for one in found)
    document = answered(act, None, max((p["position"] for p in parts), default=0), total) | {"parts": parts}
    sentence = _reconciled(total) if total else "Nothing was reconciled now."
    if open_parts:
        sentence += f" {plural(open_parts, 'part')} of {len(found)} could not be reconciled: see above."
    shown = table("Part", "State", "Moved", "Not answered", "Why not", rows=rows)
    nothing = open_parts == len(found)
    return Done(document, sentence, (shown,), 1 if nothing or any(one.failed for one in found) else 0)


def add_to(app: typer.Typer) -> None:
    """Add both verbs to `hoso handover`."""
    app.command("transfer")(transfer_act)
    app.command()(reconcile)
