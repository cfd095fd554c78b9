"""What operators and receiving desks do for the handover, all of it through the public HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.policy import Identity
from interfaces.demo.api import Api, Json, ok

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Part:
    """The drafted part, and what a second pair of eyes approves."""

    act: str
    id: str
    digest: str

    @property
    def path(self) -> str:
        return f"/v1/handovers/{self.act}/parts/{self.id}"


async def prepare(api: Api, operators: Sequence[Identity], document: Mapping[str, Any]) -> tuple[Part, Json]:
    """Draft the act, simulate its part, approve it by two officers, schedule it: the part, and what the
    simulation counted."""
    first, second = operators[:2]
    drafted = ok("the draft", await api.post(first, "/v1/handovers", dict(document), key="demo-draft"))
    act = ok("the act", await api.get(first, f"/v1/handovers/{drafted['handover']}"))
    part = Part(act["id"], act["parts"][0]["id"], act["parts"][0]["digest"])
    simulated = ok("the simulation", await api.post(first, f"{part.path}/simulate", {}, key="demo-simulate"))
    for number, officer in enumerate((first, second), start=1):
        approval = {"digest": part.digest}
        ok(
            "the approval",
            await api.post(officer, f"{part.path}/approve", approval, key=f"demo-approve-{number}"),
        )
    ok("the schedule", await api.post(first, f"{part.path}/schedule", {}, key="demo-schedule"))
    return part, simulated["counts"]


async def transfer(api: Api, operator: Identity, part: Part, progress: Callable[[int, int], None]) -> Json:
    """State each dossier's transfer; `progress` gets (done, total)."""
    last: Json = {}
    async for line in api.lines(operator, "POST", f"{part.path}/transfer", key="demo-transfer"):
        if "written" in line:
            progress(line["written"] + line["found"], line["total"])
        last = line
    return dict(last["counts"])


async def acknowledge(
    api: Api, part: Part, received: Mapping[str, Sequence[str]], desks: Mapping[str, Identity]
) -> int:
    """Every receiving agency (id) acknowledges what came, by an officer of its desk; how many dossiers."""
    acknowledged = 0
    for agency, dossiers in received.items():
        for start in range(0, len(dossiers), AT_ONCE):
            body: Json = {
                "agency": agency,
                "dossiers": list(dossiers[start : start + AT_ONCE]),
                "papers": "confirmed",
            }
            key = f"demo-acknowledge-{agency}-{start}"
            answer = await api.post(desks[agency], f"{part.path}/acknowledge", body, key=key)
            acknowledged += ok("the acknowledgement", answer)["counts"]["acknowledged"]
    return acknowledged


async def reconcile(api: Api, operator: Identity, part: Part) -> Json:
    """Every dossier that moved has one holder and one transfer; the counts."""
    answer = await api.post(operator, f"{part.path}/reconcile", {}, key="demo-reconcile")
    return dict(ok("the reconciliation", answer)["counts"])
