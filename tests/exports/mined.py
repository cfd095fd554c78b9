"""What pm4py finds in a file, and what it and lxml say of its form, as JSON: run in a process of its own,
with the packages of tests/miners.lock.

python -W error -m tests.exports.mined read|schema|tables FILE
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


XSD = Path(__file__).with_name("ocel20.xsd")


def mined(path: Path) -> dict[str, Any]:
    """What pm4py reads in it."""
    found: dict[str, Any] = _asked("read", path)
    return found


def judged_xml(path: Path) -> list[str]:
    """What is wrong with an OCEL file in XML, by its schema."""
    found: list[str] = _asked("schema", path)
    return found


def valid_tables(path: Path) -> list[str]:
    """Which of pm4py's constraints the tables of an OCEL file in SQLite do not keep."""
    found: list[str] = _asked("tables", path)
    return found


def _asked(what: str, path: Path) -> Any:
    """The test is skipped where pm4py is not installed."""
    if not MINERS.is_dir():
        pytest.skip(f"{MINERS} is missing, so there is no pm4py: run make setup")
    environment = {"PYTHONPATH": f"{MINERS}:{ROOT}", "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": "/tmp"}
    command = [sys.executable, "-W", "error", "-m", "tests.exports.mined", what, str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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


def _schema(path: str) -> list[str]:
    from lxml import etree  # type: ignore[import-untyped]

    schema = etree.XMLSchema(etree.parse(XSD))
    return [] if schema.validate(etree.parse(path)) else [str(fault) for fault in schema.error_log][:5]


def _tables(path: str) -> list[str]:
    from pm4py.objects.ocel.validation import ocel20_rel_validation  # type: ignore[import-not-found]

    _, unsatisfied = ocel20_rel_validation.apply(path)
    return sorted(unsatisfied)


def _answer(what: str, path: str) -> Any:
    import pm4py  # type: ignore[import-not-found]

    if what == "schema":
        return _schema(path)
    if what == "tables":
        return _tables(path)
    return (_xes if path.endswith((".xes", ".xes.gz")) else _ocel)(pm4py, path)


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):  # pm4py greets
        answer = _answer(*sys.argv[1:])
    print(json.dumps(answer))
