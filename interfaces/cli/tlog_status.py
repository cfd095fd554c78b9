"""`hoso tlog status`: how far the ledger is attested, by whom, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from application.attested import Attested
from application.tlog import NotOpened
from application.tlog_standing import TlogStanding, standing_of
from interfaces.attest_wiring import PolicySays, policy_says, who_attests
from interfaces.cli.options import Json
from interfaces.cli.output import Done, cell, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.tlog_wiring import log_notes
from interfaces.wiring import Settings

NO_MINIMUM = (
    "The object `minimum` of the tile store cannot be read, or is beyond the newest checkpoint: look at the"
    " tile store, and where somebody wrote it by hand run `hoso tlog rebuild --pruned`."
)
NOBODY = "No process attests: start `hoso serve`, or `hoso tlog run`."


def status(as_json: Json = False) -> None:
    """Show how far the ledger is attested, its head, keys and witnesses. Exit code 1 when something is
    wrong."""

    async def work(call: Call) -> Done:
        found = await standing_of(call.opened.tlog, call.working.at)
        told = await who_attests(call.opened.database.app)
        known = await call.opened.tlog.record.logs()
        notes = log_notes(call.opened.settings, known, call.services.ledger_id, demo=call.services.demo)
        return _done(found, told, call.opened.settings, notes)

    with_ledger("Comparing the log with its signed head", as_json, work, head_checked=False)


def _done(found: TlogStanding, told: Attested | None, settings: Settings, notes: list[str]) -> Done:
    policy = policy_says(settings, found.log)
    witnesses = _witnesses(found, policy)
    wrong = list(_wrong(found, told))
    if policy.wrong and not any(
        policy.wrong in sentence for sentence in wrong
    ):  # told already by who attests
        wrong.append(policy.wrong)
    wrong += _old(witnesses, settings)
    published = found.published.size if found.published else 0
    document = {
        "ok": not wrong,
        "recorded": found.recorded,
        "attested": published,
        "signed_at": found.published.signed_at if found.published else None,
        "quorum": found.published.quorum if found.published else None,
        "log": {"number": found.log.number, "origin": found.log.origin, "opened": found.log.opened}
        if found.log
        else None,
        "head": {"where": found.where, "origin": found.head[0], "size": found.head[1]}
        if found.head
        else {"where": found.where},
        "minimum": found.minimum,
        "keys": _keys(found),
        "witnesses": witnesses,
        "attester": told is not None,
        "wrong": wrong,
        "notes": notes,
    }
    shown = [table("Log", "", rows=_facts(found, published))]
    if found.keys:
        rows = [(k["key_id"], k["from_size"], k["until_size"], k["here"]) for k in _keys(found)]
        shown.append(table("Key", "Signs from", "Until", "Lies here", rows=rows))
    if witnesses:
        rows_ = [(w["name"], w["key_id"], w["size"], w["cosigned_at"]) for w in witnesses]
        shown.append(table("Witness", "Key", "Cosigned", "At", rows=rows_))
    behind = found.recorded - published
    sentence = f"Attested up to position {published:,}" + (
        f", {plural(behind, 'position')} behind." if behind else ": everything that is recorded."
    )
    if wrong:
        sentence = " ".join((sentence, "Wrong:", *wrong))
    elif notes:
        sentence = f"{sentence} Note: {'. '.join(notes)}."
    return Done(document, sentence, tuple(shown), 1 if wrong else 0)


def _facts(found: TlogStanding, published: int) -> list[tuple[Any, ...]]:
    head = f"{found.head[1]:,} as {found.head[0]}" if found.head else "none"
    return [
        ("Origin", found.log.origin if found.log else "never opened"),
        ("Recorded", f"{found.recorded:,}"),
        ("Head", f"{head}, in {found.where}"),
        ("Attested", f"{published:,}"),
        ("Since", cell(found.published.signed_at) if found.published else ""),
        ("Quorum", cell(found.published.quorum) if found.published else ""),
        *([("Pruned", f"up to {found.minimum:,}")] if found.minimum else []),
    ]


def _keys(found: TlogStanding) -> list[dict[str, Any]]:
    return [
        {
            "key_id": one.key.key_id.hex(),
            "key": str(one.key),
            "from_size": one.from_size,
            "until_size": one.until_size,
            "here": one.key.key_id.hex() in found.here,
        }
        for one in found.keys
    ]


def _wrong(found: TlogStanding, told: Attested | None) -> Iterator[str]:
    """What needs a person, each a sentence with what to do."""
    if found.refused is not None:
        yield str(found.refused)
    elif found.log is None:
        yield str(NotOpened())
    elif told is None:
        yield NOBODY
    attested = found.published.size if found.published else 0
    if found.minimum is None or found.minimum > attested:
        yield NO_MINIMUM
    if told is not None:
        said = (told.stands if found.refused is None and found.log else None, told.away, told.witnesses)
        yield from (sentence for sentence in said if sentence)
    elif away := [k["key_id"] for k in _keys(found) if k["until_size"] is None and not k["here"]]:
        yield f"These keys are named on record and do not lie here: {', '.join(away)}."


def _witnesses(found: TlogStanding, policy: PolicySays) -> list[dict[str, Any]]:
    """Each key's last cosignature, and of the policy's witnesses those that never gave one."""
    known = policy.witnesses
    rows = [
        {
            "name": one.witness,
            "key_id": one.key_id.hex(),
            "size": one.size,
            "cosigned_at": one.cosigned_at,
            "in_policy": f"{one.witness} {one.key_id.hex()}" in known,
        }
        for one in found.cosigned
    ]
    there = {f"{row['name']} {row['key_id']}" for row in rows}
    for named in sorted(known - there):
        name, _, key_id = named.rpartition(" ")
        rows.append({"name": name, "key_id": key_id, "size": None, "cosigned_at": None, "in_policy": True})
    return rows


def _old(witnesses: list[dict[str, Any]], settings: Settings) -> Iterator[str]:
    now = datetime.now(UTC)
    for row in witnesses:
        at = row["cosigned_at"]
        if not row["in_policy"]:
            continue
        if at is None:
            yield f"The witness {row['name']} never cosigned."
        elif (now - at).total_seconds() > settings.witness_fresh_seconds:
            yield f"The witness {row['name']} last cosigned on {cell(at)} in Vietnam: ask its operator."
