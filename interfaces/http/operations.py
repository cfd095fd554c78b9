"""For whoever keeps it running: alive, ready, and in numbers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from interfaces.http.documents import answers, problems
from interfaces.http.identity import Works
from interfaces.http.reading import json_answer
from interfaces.services import Services
from projections.shown import tracking

router = APIRouter(tags=["operations"])

READY_SECONDS = 2.0
METRICS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", summary="This process answers")
async def healthz() -> Response:
    """200 as long as it runs, whatever the state of the database."""
    return json_answer({"ok": True})


@router.get("/readyz", responses=problems(503), summary="Commands and reads are served")
async def readyz(services: Works) -> Response:
    """503 when the database does not answer in time, or a view stands still; says which. `clock`: what is
    wrong with the database's clock, where something is; reads go on then, even when commands do not.
    `files`: what keeps the file store from being used; all else goes on then, papers and results do not.
    `attesting`: up to which position a checkpoint is published and since when, whether the witnesses' quorum
    is there, and, where `stands` is not null, why nothing more is attested; what is recorded stays recorded
    then, and commands go on. `notes`: what the operator should know and nothing waits for."""
    found = await _ready(services)
    answer = json_answer(found | {"ledger_id": services.ledger_id, "demo": services.demo})
    answer.status_code = 200 if found["ok"] else 503
    if not found["ok"]:
        answer.headers["Retry-After"] = "5"
    return answer


async def _ready(services: Services) -> dict[str, object]:
    try:
        async with asyncio.timeout(READY_SECONDS):
            now, head = await services.ledger.recorder.clock()
            async with services.views.pool.connection() as connection:
                rows = await tracking(connection)
    except Exception as error:  # whatever keeps the database from answering
        return {"ok": False, "reason": f"the database does not answer ({type(error).__name__})"}
    stopped = [row.view for row in rows if row.state == "stopped"]
    shown = min((row.position for row in rows if row.state == "running"), default=0)
    reason = f"views stand still: {', '.join(stopped)}" if stopped else None
    return {
        "ok": not stopped,
        "reason": reason,
        "recorded": head,
        "shown": shown,
        "now": now,
        "clock": services.clock_report(),
        "files": await services.files_report(),
        "attesting": await _attesting(services),
        "notes": await services.tlog.notes() if services.tlog else [],
    }


async def _attesting(services: Services) -> dict[str, object]:
    """What the attesting process told last; an error of ours must not make the server unready."""
    known = await services.attesting.now()
    since = (datetime.now(UTC) - known.signed_at).total_seconds() if known.signed_at else None
    return {
        "attested": known.published,
        "signed_at": known.signed_at,
        "seconds": since,
        "quorum": known.quorum,
        "witnesses": known.witnesses,
        "keys": known.away,
        "stands": known.stands,
    }


@router.get(
    "/metrics",
    response_class=Response,
    responses=answers("text/plain", "Prometheus text format"),
    summary="Counters and gauges",
)
async def metrics(request: Request, services: Works) -> Response:
    """In the text format of Prometheus; no label names a person."""
    found = await _ready(services)
    gauges: dict[str, tuple[str, float]] = {"hoso_ready": ("1 when ready.", float(bool(found["ok"])))}
    if found["ok"]:
        trusted = float(found["clock"] is None)
        gauges["hoso_files_usable"] = ("1 while the file store can be used.", float(found["files"] is None))
        gauges |= _gauges(found["attesting"])
        gauges["hoso_clock_trusted"] = ("1 while the database's clock is as it should be.", trusted)
    for name, text in (("recorded", "Last recorded position."), ("shown", "Position that every view shows.")):
        value = found.get(name)
        if isinstance(value, int):
            gauges[f"hoso_{name}_position"] = (text, float(value))
    return Response(request.app.state.metrics.text(gauges), media_type=METRICS)


def _gauges(attesting: Any) -> dict[str, tuple[str, float]]:
    gauges = {
        "hoso_attested_position": ("Position that a checkpoint covers.", float(attesting["attested"])),
        "hoso_attesting": ("1 while what is recorded gets attested.", float(attesting["stands"] is None)),
        "hoso_quorum": ("1 while the witnesses' quorum is there.", float(attesting["quorum"])),
    }
    if attesting["seconds"] is not None:
        gauges["hoso_checkpoint_seconds"] = ("Since the newest checkpoint.", attesting["seconds"])
    return gauges
