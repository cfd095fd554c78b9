"""A1, A2, A4, A5, A7, A8 of the speed targets: appends, beside psycopg, pgbench and plain `eventsourcing`.

All in one run on one machine with one PostgreSQL (fsync and synchronous_commit on); several rounds, in each
of which everyone has a turn; a measure is the median of the rounds' ratios. `run` returns the document of
`hoso bench append --json`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.growth import bytes_per_event, fill
from bench.stage import Result, Say, Stage, stage

CALLERS = 32
Rounds = dict[str, list[Result]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `large`: events in the large ledger of A7."""

    rounds: int
    seconds: float
    large: int


# Many short rounds: whatever else the machine does then falls on neighbours alike.
FULL = Size(rounds=7, seconds=2.0, large=5_000_000)
QUICK = Size(rounds=3, seconds=1.0, large=200_000)

# name -> (must, aim, whether larger is better, what it is)
TARGETS: dict[str, tuple[float, float, bool, str]] = {
    "A1": (0.8, 1.2, True, "appends by 32 async callers / the best raw INSERT with 32 connections"),
    "A2": (15, 25, True, "the same / eventsourcing out of the box"),
    "A4_p50": (2.5, 1.5, False, "p50 with one caller / p50 of psycopg's raw INSERT with one connection"),
    "A4_p99": (2, 1, False, "p99 with 32 async callers / pgbench's mean latency with 32 clients"),
    "A5": (0.8, 1, True, "four processes with 128 callers / one process with 128 callers"),
    "A7": (0.8, 0.95, True, "appends at millions of events / at none"),
    "A8": (1.4, 1.1, False, "bytes per event with indexes / eventsourcing's"),
}


@dataclass
class Run:
    """One run of the benchmark."""

    on: Stage
    size: Size
    say: Say
    raw: Rounds = field(default_factory=dict)

    def keep(self, name: str, result: Result) -> None:
        self.raw.setdefault(name, []).append(result)

    def appends(self, number: int) -> None:
        """Everyone's turn in one round."""
        seconds, peers, ledger = self.size.seconds, self.on.owner("peers"), self.on.app("ledger")
        turns: Sequence[tuple[str, str, str, int]] = [
            ("psycopg_threads_32", "psycopg_threads", peers, CALLERS),
            ("ledger_async_32", "ledger_async", ledger, CALLERS),
            ("psycopg_async_32", "psycopg_async", peers, CALLERS),
            ("vanilla_32", "vanilla", peers, CALLERS),
            ("ledger_sync_32", "ledger_sync", ledger, CALLERS),
            ("psycopg_1", "psycopg_threads", peers, 1),
            ("ledger_async_1", "ledger_async", ledger, 1),
        ]
        for name, kind, dsn, callers in turns:
            self.say(f"round {number} of {self.size.rounds}: {name}")
            self.keep(name, self.on.callers(kind, dsn, callers, seconds))
            if name == "ledger_async_32":  # its neighbour in time
                self.keep("pgbench_32", self.on.pgbench(CALLERS, seconds))
        self.say(f"round {number} of {self.size.rounds}: four processes")
        self.keep("ledger_1x128", self.on.callers("ledger_async", ledger, 128, seconds))
        four = self.on.processes("ledger_async", ledger, 4, CALLERS, seconds)
        self.keep("ledger_4x32", _together(four))

    def growth(self) -> None:
        self.on.new_ledger("large")
        fill(self.on, "large", self.size.large, self.say)
        for number in range(1, self.size.rounds + 1):
            self.say(f"A7: round {number} of {self.size.rounds}")
            name = f"small_{number}"
            self.on.new_ledger(name)
            for raw, database in (("at_none", name), ("at_large", "large")):
                dsn = self.on.app(database)
                self.keep(raw, self.on.callers("ledger_async", dsn, CALLERS, self.size.seconds))

    def ratios(self, sizes: dict[str, Any]) -> dict[str, float]:
        """The measures; each the median over the rounds."""

        def of(name: str, figure: str = "per_second") -> list[float]:
            return [result[figure] for result in self.raw[name]]

        raw = (of("psycopg_threads_32"), of("psycopg_async_32"), of("pgbench_32"))
        best_raw = [max(turn) for turn in zip(*raw, strict=True)]
        ours = of("ledger_async_32")
        return {
            "A1": _median_ratio(ours, best_raw),
            "A2": _median_ratio(ours, of("vanilla_32")),
            "A4_p50": _median_ratio(of("ledger_async_1", "p50_ms"), of("psycopg_1", "p50_ms")),
            "A4_p99": _median_ratio(of("ledger_async_32", "p99_ms"), of("pgbench_32", "mean_ms")),
            "A5": _median_ratio(of("ledger_4x32"), of("ledger_1x128")),
            "A7": _median_ratio(of("at_large"), of("at_none")),
            "A8": sizes["ledger"]["total"] / sizes["vanilla"]["total"],
            "sync_beside_A1": _median_ratio(of("ledger_sync_32"), best_raw),
        }


def run(quick: bool = False, say: Say | None = None) -> dict[str, Any]:
    """Measure. `quick` takes two minutes and proves nothing about five million events; else it takes ten.

    Returns {"A1": ratio, ..., "A4": {"p50", "p99"}, "measures": {name: {"ratio", "must", "aim", "meets",
    "what"}}, "raw", "bytes", "machine"}.
    """
    size = QUICK if quick else FULL
    tell = say or _to_stderr
    with stage() as on:
        on.new_ledger("ledger")
        bench = Run(on, size, tell)
        for number in range(1, size.rounds + 1):
            bench.appends(number)
        tell("A8: bytes per event")
        sizes = bytes_per_event(on, "ledger")
        bench.growth()
        ratios = bench.ratios(sizes)
        machine = on.machine()
    measures = {
        name: {
            "ratio": round(ratios[name], 3),
            "must": must,
            "aim": aim,
            "meets": _meets(ratios[name], must, aim, larger),
            "what": what,
        }
        for name, (must, aim, larger, what) in TARGETS.items()
    }
    rounded = {name: round(ratio, 3) for name, ratio in ratios.items()}
    a4 = {"p50": rounded.pop("A4_p50"), "p99": rounded.pop("A4_p99")}
    return {
        **rounded,
        "A4": a4,
        "measures": measures,
        "raw": bench.raw,
        "bytes": sizes,
        "rounds": size.rounds,
        "seconds": size.seconds,
        "large": size.large,
        "machine": machine,
    }


def _meets(ratio: float, must: float, aim: float, larger: bool) -> str:
    """aim, must, or missed."""
    if (ratio >= aim) if larger else (ratio <= aim):
        return "aim"
    return "must" if ((ratio >= must) if larger else (ratio <= must)) else "missed"


def _median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def _together(results: Sequence[Result]) -> Result:
    return {
        "per_second": sum(result["per_second"] for result in results),
        "p50_ms": statistics.median(result["p50_ms"] for result in results),
        "p99_ms": max(result["p99_ms"] for result in results),
    }


def _to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The append benchmark; prints its document as JSON.")
    parser.add_argument("--quick", action="store_true", help="two minutes, for a first look")
    print(json.dumps(run(parser.parse_args().quick), indent=1))


if __name__ == "__main__":
    main()
