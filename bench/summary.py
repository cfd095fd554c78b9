"""What a run's figures come to: each target with what must be, what is aimed at and what was measured."""

from __future__ import annotations

from typing import Any

from bench.scene import Scene

Json = dict[str, Any]
MOST_MEBIBYTES = 512
TARGETS = {"T1": (2.0, 1.2), "T2": (2.0, 1.3)}


def summed_up(found: Json, took: Json, peaks: dict[str, float], scene: Scene, audited: bool) -> Json:
    """The document."""
    phases: Json = found["phases"]
    told = {"failed": 0, "refused": 0, "repeats": 0, "refused_as_meant": 0}
    for name, phase in phases.items():
        if name not in ("first_second", "quiet"):  # within the hour, and idle, held and after once more
            told = {key: told[key] + phase.get(key, 0) for key in told}
    reconciled = found["reconcile"]["counts"]
    other = reconciled["holders_other_than_one"] + found["moved"]["holders_other_than_one"]
    document: Json = {
        "machine": found["machine"],
        "size": found["size"]
        | {
            "units_ended": len(scene.country.places),
            "units_begun": len(scene.country.desks),
            "parts": len(scene.parts),
        },
        "seconds": took,
        "shares": found["shares"],
        "simulated": found["simulated"],
        "traffic": found["traffic"],
        "phases": phases,
        "T1": ratio(phases, "hour", "T1", "quiet"),
        "T2": ratio(phases, "transfer", "T2", "held"),
        "transfer": found["transfer"],
        "reconcile": found["reconcile"],
        "moved": found["moved"],
        "untouched": found["untouched"],
        **told,
        "holders_other_than_one": other,
        "memory_mebibytes": peaks | {"must": MOST_MEBIBYTES},
        "audit": found.get("audit"),
        "unexpected": found["unexpected"],
    }
    document["T1"]["refused"] = phases.get("hour", {}).get("failed", 0)
    return document


def lock_of(transfer: Json) -> Json | None:
    """How long the transfer's chunks held the lock while others waited, as it says itself."""
    found: Json | None = transfer["lock_ms"]["in_traffic"]
    return found


def ratio(phases: Json, phase: str, target: str, beside: str) -> Json:
    """p99 of the phase's commands against the idle ones': those of the phase `beside`, in which the traffic
    is the same and nothing else works; of the evening before, where there was no such phase. `quiet` is every
    such minute: before the hour, while the transfer was held, and after all."""
    beside = beside if phases.get(beside, {}).get("commands", {}).get("count") else "idle"
    must, aim = TARGETS[target]
    measured = phases.get(phase, {}).get("commands", {}).get("p99_ms")
    idle = phases.get(beside, {}).get("commands", {}).get("p99_ms")
    if not measured or not idle:
        return {"ratio": None, "must": must, "aim": aim, "meets": "missed"}
    found = round(measured / idle, 2)
    meets = "aim" if found <= aim else "must" if found <= must else "missed"
    told = {"ratio": found, "must": must, "aim": aim, "meets": meets, "p99_ms": measured, "idle_p99_ms": idle}
    evening = phases.get("idle", {}).get("commands", {}).get("p99_ms")
    return told | ({"evening_p99_ms": evening} if evening else {})


def missed(document: Json) -> list[str]:
    """What is not as it must be, in words."""
    found = [name for name in ("T1", "T2", "A6") if document.get(name, {}).get("meets") == "missed"]
    if document["failed"]:
        found.append(f"{document['failed']} requests failed")
    if document["T1"].get("refused"):
        found.append("commands were refused at the hour")
    if document["holders_other_than_one"]:
        found.append(f"{document['holders_other_than_one']} dossiers have other than one holder")
    if document["moved"]["without_transfer"]:
        found.append(f"{document['moved']['without_transfer']} moves have no transfer")
    if document["untouched"]["changed"]:
        found.append("dossiers that nobody touched have changed")
    if document["audit"] is not None and not document["audit"]["ok"]:
        found.append("the audit has findings")
    found += [
        f"{name} had {peak:.0f} MiB resident"
        for name, peak in document["memory_mebibytes"].items()
        if name != "must" and peak > MOST_MEBIBYTES
    ]
    return found
