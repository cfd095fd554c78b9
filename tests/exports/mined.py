"""What pm4py finds in a file, as JSON: run in a process of its own, with the packages of tests/miners.lock.

python -W error -m tests.exports.mined FILE
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MINERS = Path(sys.prefix) / "miners"
ROOT = Path(__file__).parents[2]


def mined(path: Path) -> dict[str, Any]:
    """What pm4py finds; the test is skipped where it is not installed."""
    if not MINERS.is_dir():
        pytest.skip(f"{MINERS} is missing, so there is no pm4py: run make setup")
    environment = {"PYTHONPATH": f"{MINERS}:{ROOT}", "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": "/tmp"}
    command = [sys.executable, "-W", "error", "-m", "tests.exports.mined", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _ocel(pm4py: Any, path: str) -> dict[str, Any]:
    log = pm4py.read_ocel2(path)
    pairs = log.relations[["ocel:eid", "ocel:oid", "ocel:qualifier"]].values.tolist()
    links = log.o2o[["ocel:oid", "ocel:oid_2", "ocel:qualifier"]].values.tolist()
    types = dict(log.objects[["ocel:oid", "ocel:type"]].values.tolist())
    times = log.events[["ocel:eid", "ocel:timestamp"]].values.tolist()
    return {
        "events": dict(log.events[["ocel:eid", "ocel:activity"]].values.tolist()),
        "times": {event: time.isoformat() for event, time in times},
        "objects": types,
        "relations": pairs,
        "links": links,
        "changes": len(log.object_changes),
    }


def _xes(_: Any, path: str) -> dict[str, Any]:
    from pm4py.objects.log.importer.xes import importer  # type: ignore[import-not-found]

    log = importer.apply(path, variant=importer.Variants.ITERPARSE, parameters={"show_progress_bar": False})
    traces = {trace.attributes["concept:name"]: [event["concept:name"] for event in trace] for trace in log}
    return {"traces": traces, "attributes": {k: str(v) for k, v in log.attributes.items()}}


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        import pm4py  # type: ignore[import-not-found]

        name = sys.argv[1]
        read = _xes if name.endswith((".xes", ".xes.gz")) else _ocel
        answer = read(pm4py, name)
    print(json.dumps(answer))
