"""V1 to V4 of the speed targets: what it costs to be provable, and whether the proofs are worth it.

- V1: the whole log verified by one process (rows read, leaves made again from the stored bytes and compared,
  the root), beside nothing but SHA-256 of the same leaves in memory: for each event of its payload and of
  its leaf, as docs/leaf-format.md has it. `leaves_alone`: beside the second of these hashes alone.
- V2: appends by 32 callers of facts with a field sealed under the subject of their stream, while `hoso tlog
  run` attests them, beside appends of facts in clear, as many bytes each, that nobody attests.
- V3: random proofs and every tile, judged by programs that this project did not write.
- V4: single bits flipped in a ledger that is attested, and whether the audit finds and names each.

All in one run on one machine with one PostgreSQL (fsync and synchronous_commit on); a measure is the median
of the rounds' ratios. `run` returns the document of `hoso bench verify --json`.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.attested_side import AttestedSide
from bench.flip_ledger import flipped
from bench.growth import fill
from bench.judges import TilesRefused, judges
from bench.proof_trees import TreesOnDisk, random_proofs, random_sizes, spoilt
from bench.stage import Say, Stage, stage
from bench.worker import Worker
from domain.tiles import tiles_of

CALLERS = 32


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `events`: of the log of V1; `seconds`: of one side of V2 in a round."""

    rounds: int
    events: int
    seconds: float
    proofs: int
    flips: int


FULL = Size(rounds=7, events=200_000, seconds=5.0, proofs=1_000, flips=1_000)
QUICK = Size(rounds=3, events=40_000, seconds=2.0, proofs=1_000, flips=100)

# name -> (must, aim, what it is); larger is better
TARGETS: dict[str, tuple[float, float, str]] = {
    "V1": (0.25, 0.5, "full verification, one process / SHA-256 of the same leaves in memory"),
    "V2": (0.85, 0.95, "appends of sealed facts that are attested / of as many bytes in clear, not attested"),
    "V3": (1, 1, "answers of independent verifiers about proofs and tiles that are as they must be"),
    "V4": (1, 1, "flipped bits that the audit finds"),
    "V4_located": (1, 1, "flipped bits that it names"),
}
Found = dict[str, Any]


def verification(on: Stage, size: Size, say: Say) -> Found:
    """V1."""
    on.new_ledger("verified")
    fill(on, "verified", size.events, lambda doing: say(doing.replace("A7", "V1")))
    rounds: list[dict[str, Any]] = []
    with Worker("bench.verifying", on.app("verified"), str(size.events)) as worker:
        for number in range(size.rounds + 1):  # the first one warms up and does not count
            say(f"V1: round {number} of {size.rounds}")
            rounds.append(worker.ask("go"))
    rounds = rounds[1:]

    def ratio(*hashed: str) -> float:
        return _median([sum(each[name] for name in hashed) / each["verified"] for each in rounds])

    def processors() -> float:
        both = [each["verifier_cpu"] + each["postgresql_cpu"] for each in rounds]
        hashed = [each["payloads_cpu"] + each["leaves_cpu"] for each in rounds]
        return _median([a / b for a, b in zip(hashed, both, strict=True)])

    return {
        "ratio": ratio("payloads", "leaves"),
        "leaves_alone": ratio("leaves"),
        "by_processor_seconds_of_both": processors(),
        "events": size.events,
        "events_per_second": round(_median([size.events / each["verified"] for each in rounds])),
        "rounds": rounds,
    }


def appends(on: Stage, size: Size, say: Say) -> Found:
    """V2."""
    rounds: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder,
        AttestedSide(on, "sealed", Path(folder, "sealed")) as sealed,
        AttestedSide(on, "clear", Path(folder, "clear"), attested=False) as clear,
    ):
        for number in range(size.rounds + 1):
            say(f"V2: round {number} of {size.rounds}")
            sides = [clear, sealed] if number % 2 else [sealed, clear]
            told = {side.kind: side.work(size.seconds) for side in sides}
            rounds.append(told)
        checkpoints = sealed.checkpoints()
    rounds = rounds[1:]
    return {
        "ratio": _median([each["sealed"]["per_second"] / each["clear"]["per_second"] for each in rounds]),
        "p99_ratio": _median([each["sealed"]["p99_ms"] / each["clear"]["p99_ms"] for each in rounds]),
        "checkpoints": checkpoints,
        "callers": CALLERS,
        "seconds": size.seconds,
        "rounds": rounds,
    }


def agreement(size: Size, say: Say) -> Found:
    """V3: as it must be is an answer that calls a good proof good, and one with a changed bit not."""
    chance = random.Random(2025)
    right = asked = 0
    told: Found = {}
    with judges() as (here, missing), tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        say("V3: trees and proofs")
        trees = TreesOnDisk(Path(folder), random_sizes(36, chance), chance)
        good = list(random_proofs(trees, size.proofs, chance))
        bad = [spoilt(proof, chance) for proof in good]
        largest = trees.sizes[-1]
        for judge in here:
            say(f"V3: {judge.name}")
            agreed = sum(judge.proofs(good)) + sum(not answer for answer in judge.proofs(bad))
            tiles = len(list(tiles_of(largest)))
            try:
                verified = judge.tiles(trees.folder, largest, trees.roots[largest])
            except TilesRefused:
                verified = 0
            right += agreed + verified
            asked += 2 * len(good) + tiles
            told[judge.name] = {"proofs": agreed, "of": 2 * len(good), "tiles": verified, "of_tiles": tiles}
    return {"ratio": right / asked, "judges": told, "not_asked": {"go": missing} if missing else {}}


def run(quick: bool = False, say: Say | None = None) -> dict[str, Any]:
    """Measure. `quick` takes a minute or two, with a hundred flips; else it takes some six.

    Returns {"V1": {"ratio", ...}, "V2", "V3", "V4", "measures": {name: {"ratio", "must", "aim", "meets",
    "what"}}, "machine"}.
    """
    size = QUICK if quick else FULL
    tell = say or _to_stderr
    found: Found = {}
    with stage() as on:
        found["V1"] = verification(on, size, tell)
        found["V2"] = appends(on, size, tell)
        found["V3"] = agreement(size, tell)
        found["V4"] = flipped(on, size.flips, tell)
        machine = on.machine()
    ratios = {name: found[name]["ratio"] for name in ("V1", "V2", "V3", "V4")}
    ratios["V4_located"] = found["V4"]["located"]
    measures = {
        name: {
            "ratio": round(ratios[name], 3) if ratios[name] != 1 else 1,
            "must": must,
            "aim": aim,
            "meets": "aim" if ratios[name] >= aim else "must" if ratios[name] >= must else "missed",
            "what": what,
        }
        for name, (must, aim, what) in TARGETS.items()
    }
    return {**found, "measures": measures, "quick": quick, "machine": machine}


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What being provable costs; prints its document as JSON.")
    parser.add_argument("--quick", action="store_true", help="for a first look")
    print(json.dumps(run(parser.parse_args().quick), indent=1))


if __name__ == "__main__":
    main()
