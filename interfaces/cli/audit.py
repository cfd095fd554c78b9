"""`hoso audit`: is the whole ledger sound?"""

from __future__ import annotations

from application.audit import Audit, audit
from application.audit_files import KIND as FILE
from application.audit_findings import MORE
from application.policy import allow
from interfaces import wiring
from interfaces.cli.files import PUT_RIGHT
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger


def run(as_json: Json = False) -> None:
    """Check order, versions, leaves, codes, holders, transfers, due dates, stock and flow, mandates, merges,
    what is shown, and that every file is there; name what is wrong."""

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "audit", moment)
        return done(await audited(call))

    with_ledger("Auditing the ledger", as_json, work, head_checked=False)


async def audited(call: Call) -> Audit:
    """The audit of the open ledger as it is now; the read models are brought up to it first, unless
    somebody does that already."""
    services = call.services
    async with wiring.open_audit(call.opened) as (scan, shown):
        now, _ = await services.ledger.recorder.clock()
        await wiring.catch_up(call.opened, scan.head)
        return await audit(
            scan,
            services.ledger.recorder,
            services.ledger.codec,
            shown,
            claim_value=services.ledger.keyring.claim_value,
            now=now,
            store=services.files.store,
            progress=lambda read: call.working.at(read, 2 * scan.head),
        )


def done(found: Audit) -> Done:
    """`{ok, positions, dossiers, findings}` and the sentence; exit code 1 when something was found."""
    document = {
        "ok": found.ok,
        "positions": found.positions,
        "dossiers": found.dossiers,
        "findings": list(found.findings),
    }
    checked = f"{plural(found.positions, 'position')} and {plural(found.dossiers, 'dossier')}"
    if found.ok:
        return Done(document, f"The ledger is sound: {checked} checked, nothing found.")
    rows = [(f["kind"], f["position"], f["says"]) for f in found.findings]
    above = f"{checked} checked, {plural(len(rows), 'finding')} above."
    if all(f["kind"] in (FILE, MORE) for f in found.findings):  # they are the last: the rest are files too
        sentence = f"The log is sound, the files are NOT: {above} {PUT_RIGHT}"
    else:
        sentence = (
            f"The ledger is NOT sound: {above} Stop recording, keep the database as it is, and tell the "
            "person responsible."
        )
    return Done(
        document,
        sentence,
        (table("What", "Position", "Finding", rows=rows),),
        1,
    )
