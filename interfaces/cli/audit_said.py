"""What `hoso audit` says: one document, or the findings and a sentence with what to do next."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Final

from application.audit import Audit
from application.audit_files import KIND as FILE
from interfaces.cli.files import PUT_RIGHT
from interfaces.cli.output import Done, plural, table

STOP: Final = "Stop recording, keep the database as it is, and tell the person responsible."
BESIDE: Final[tuple[tuple[frozenset[str], str, str], ...]] = (
    (frozenset({FILE}), "the files are", PUT_RIGHT),
    (
        frozenset({"view", "shown"}),
        "the read models are",
        "Look at `hoso views status`, and make each one named above anew with `hoso views rebuild NAME`.",
    ),
    (
        frozenset({"tile", "bundle", "published"}),
        "the published tiles are",
        "Put each one named above back from a copy, or move it away and start `hoso serve`, which writes it.",
    ),
    (
        frozenset({"gap"}),
        "its checkpoints are",
        "Attesting stood while that was recorded: see in the journal of `hoso tlog run` why.",
    ),
)
"""Kinds of findings that leave the log itself sound: what is not, and what to do."""


def done(found: Audit) -> Done:
    """`{ok, since, until, positions, dossiers, attested, findings, said}` and the sentence; exit code 1 when
    something was found."""
    document = {
        "ok": found.ok,
        "since": found.since,
        "until": found.until,
        "positions": found.positions,
        "dossiers": found.dossiers,
        "attested": asdict(found.attested) if found.attested else None,
        "findings": list(found.findings),
        "said": list(found.said),
    }
    notes = (table("To know", rows=[(said,) for said in found.said]),) if found.said else ()
    part = f" from position {found.since + 1:,} to {found.until:,}" if _is_part(found) else ""
    checked = f"{plural(found.positions, 'position')} and {plural(found.dossiers, 'dossier')} checked"
    if found.ok:
        return Done(
            document, f"The ledger is sound{part}: {checked}, nothing found.{_attested(found)}", notes
        )
    rows = [(f["kind"], f["position"], f["says"]) for f in found.findings]
    above = f"{checked}, {plural(sum(found.kinds.values()), 'finding')} above."
    shown = (table("What", "Position", "Finding", rows=rows), *notes)
    return Done(document, _not_sound(found, part, above), shown, 1)


def tree_done(found: Audit) -> Done:
    """The same where nothing but the tree was looked at."""
    said = done(found)
    if not found.ok:
        return said
    part = f" from position {found.since + 1:,} to {found.until:,}" if _is_part(found) else ""
    signed = found.attested is not None and found.attested.size
    tree = ", and the tree is the one that was signed" if signed else ""
    checked = f"{plural(found.positions, 'position')} checked.{_attested(found)}"
    sentence = (
        f"Every stored byte{part} is what its leaf covers{tree}: {checked} What facts say was not looked at."
    )
    return replace(said, sentence=sentence)


def _is_part(found: Audit) -> bool:
    return found.since > 0 or found.until < found.recorded


def _attested(found: Audit) -> str:
    attested = found.attested
    if attested is None:
        return ""
    if not attested.size:
        return " Nothing of it is attested yet."
    waits = found.until - attested.size
    newer = f", {plural(waits, 'position')} since" if waits > 0 else ""
    checkpoints = plural(attested.checkpoints, "checkpoint")
    return f" Attested up to position {attested.size:,}{newer}; {checkpoints} compared."


def _not_sound(found: Audit, part: str, above: str) -> str:
    left = set(found.kinds)
    named, advice = [], []
    for kinds, what, to_do in BESIDE:
        if left & kinds:
            named.append(what.removesuffix(" are"))
            advice.append(to_do)
            left -= kinds
    if left:
        return f"The ledger is NOT sound{part}: {above} {STOP}"
    return f"The log is sound{part}, {' and '.join(named)} are NOT: {above} {' '.join(advice)}"
