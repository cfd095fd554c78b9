"""The steps of a whole act: every part in its order, what has gone further already left alone, so that a run
that was cut short is finished by running it again.

An act's digest stands for those of its parts: SHA-256 (hex) of their digests in the act's order, each
followed by a line break, the cancelled ones left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from application import handovers, simulating
from application.handovers import StepAnswer
from application.refusals import Refused
from interfaces.cli import nobody_told
from interfaces.cli.errors import CommandError
from interfaces.cli.handover_parts import Part, parts_of_act
from interfaces.cli.nobody_told import Nobody
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call

BEFORE = ("drafted", "simulated", "approved")
FIGURES = ("total", "no_rule", "several_rules", "overdue", "due_after_the_hour")


def digest_of(parts: Sequence[Part]) -> str:
    """What an approval of the whole act names."""
    kept = (part.digest for part in parts if part.state != "cancelled")
    return hashlib.sha256("".join(f"{digest}\n" for digest in kept).encode()).hexdigest()


async def simulate(call: Call, act: UUID, parts: Sequence[Part]) -> Done:
    """Every part that is not scheduled yet."""
    identity = call.identity()

    async def step(part: Part) -> StepAnswer:
        return await simulating.simulate(call.services.handovers, identity, part.id)

    chosen = [part for part in parts if part.step in BEFORE]
    done = await _each(call, chosen, step)
    sums = {figure: sum(answer.counts[figure] for answer in done) for figure in FIGURES}
    empty = [
        Nobody.of(part.name, a.counts.get("nobody_to_receive", {}), a.counts["receivers_without_officers"])
        for part, a in zip(chosen, done, strict=True)
    ]
    rows = [
        (part.name, *(a.counts[f] for f in FIGURES), len(nobody.arriving))
        for part, a, nobody in zip(chosen, done, empty, strict=True)
    ]
    columns = (
        "Part",
        "Dossiers",
        "No rule",
        "Several",
        "Overdue",
        "Due after the hour",
        "Nobody can receive at",
    )
    sums["receivers_without_officers"] = sum(a.counts["receivers_without_officers"]["amount"] for a in done)
    sums["nobody_to_receive"] = sum(len(nobody.arriving) for nobody in empty)
    digest = digest_of(parts)
    sentence = (
        f"{plural(len(done), 'part')} simulated: {plural(sums['total'], 'dossier')} would move,"
        f" {sums['no_rule']:,} that no rule places, {sums['several_rules']:,} that several place,"
        f" {sums['overdue']:,} overdue already, {sums['due_after_the_hour']:,} due after the hour."
        f"{nobody_told.sentence(empty)}"
        f" Approve the whole act with the digest {digest}."
    )
    said = _said(act, chosen, done) | {"counts": sums, "digest": digest}
    shown = (table(*columns, rows=rows),) if rows else ()
    return Done(said, sentence, shown + nobody_told.tables(empty))


async def approve(call: Call, act: UUID, parts: Sequence[Part], digest: str) -> Done:
    """Every part that this officer has not approved yet. Raises CommandError where the digest is another."""
    identity = call.identity()
    if digest != digest_of(parts):
        raise CommandError(
            "digest_differs",
            "The digest is not that of the whole act as it is now: read it again with"
            " `hoso handover status ID`.",
        )

    async def step(part: Part) -> StepAnswer:
        return await handovers.approve(call.services.handovers, identity, part.id, part.digest)

    waiting = [p for p in parts if p.step in ("drafted", "simulated") and identity.id not in p.approvals]
    done = await _each(call, waiting, step)
    now = await parts_of_act(call, act, None)
    left = sum(part.step in ("drafted", "simulated") for part in now)
    then = f"{plural(left, 'part')} still need a second, different officer." if left else "Schedule it next."
    sentence = f"Approved {plural(len(done), 'part')}. {then}"
    return Done(_said(act, waiting, done) | {"digest": digest, "waiting": left}, sentence)


async def schedule(call: Call, act: UUID, parts: Sequence[Part]) -> Done:
    """Every part that is not scheduled yet."""
    identity = call.identity()

    async def step(part: Part) -> StepAnswer:
        return await handovers.schedule(call.services.handovers, identity, part.id)

    waiting = [part for part in parts if part.step in BEFORE]
    done = await _each(call, waiting, step)
    sentence = f"Scheduled {plural(len(done), 'part')}. After the hour: transfer."
    if not done:
        sentence = "Nothing to schedule: every part was scheduled or cancelled before."
    return Done(_said(act, waiting, done), sentence)


async def cancel(call: Call, act: UUID, parts: Sequence[Part], reason: str) -> Done:
    """Every part that is not cancelled yet, the last first; one that another one needs, after that one."""
    identity = call.identity()
    kept = [part for part in reversed(parts) if part.state != "cancelled"]
    done: dict[UUID, StepAnswer] = {}
    waiting = list(kept)
    while waiting:
        needed: list[tuple[Part, Refused]] = []
        for part in waiting:
            call.working.at(len(done), len(kept), part.name)
            try:
                done[part.id] = await handovers.cancel(call.services.handovers, identity, part.id, reason)
            except Refused as refused:
                if refused.rule.id != "handover.needed_by":
                    raise
                needed.append((part, refused))
        if len(needed) == len(waiting):
            raise needed[0][1]
        waiting = [part for part, _ in needed]
    said = _said(act, kept, [done[part.id] for part in kept])
    return Done(said, f"Cancelled {plural(len(done), 'part')}: nothing moves.")


async def _each(
    call: Call, parts: Sequence[Part], step: Callable[[Part], Awaitable[StepAnswer]]
) -> list[StepAnswer]:
    done = []
    for number, part in enumerate(parts):
        call.working.at(number, len(parts), part.name)
        done.append(await step(part))
    return done


def _said(act: UUID, parts: Sequence[Part], done: Sequence[StepAnswer]) -> dict[str, Any]:
    listed = [{"part": p.id, "position": a.position} for p, a in zip(parts, done, strict=True)]
    return {"handover": act, "parts": listed, "position": max((a.position for a in done), default=None)}
