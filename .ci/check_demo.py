"""Is the document of `hoso demo --no-serve --json` as promised? check_demo.py FILE; exit code 1 if not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def findings(demo: dict[str, Any]) -> list[str]:
    """What is not as promised, in words; empty when all is well."""
    districts: dict[str, int] = demo["commands_in_the_hour_by_district"]
    traffic = demo["traffic"]
    zero = {name: demo[name] for name in ("holders_other_than_one", "codes_changed", "due_dates_changed")}
    zero["traffic.failed"] = traffic["failed"]
    wrong = [f"{name} is {value!r}, not 0" for name, value in zero.items() if value != 0 or value is False]
    if demo["audit"]["ok"] is not True:
        wrong.append(f"audit.ok is {demo['audit']['ok']!r}, not true")
    if demo["commands_in_the_hour"] < 200:
        wrong.append(f"commands_in_the_hour is {demo['commands_in_the_hour']}, fewer than 200")
    if len(districts) != 10 or min(districts.values(), default=0) < 1:
        wrong.append(f"not every one of the ten districts had commands in the hour: {districts}")
    if traffic["refused"] != traffic["refused_as_meant"]:
        wrong.append(f"{traffic['refused']} refused, but {traffic['refused_as_meant']} refused as meant")
    if not demo["dossiers"] > 0 or not demo["handed_over"] > 0:
        wrong.append(f"{demo['dossiers']} dossiers, {demo['handed_over']} handed over: nothing was shown")
    return wrong


def main() -> int:
    """Print the summary of a good run, or every finding of a bad one."""
    demo = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wrong = findings(demo)
    for finding in wrong:
        print(f"demo: {finding}", file=sys.stderr)
    if not wrong:
        print(
            f"demo: {demo['dossiers']} dossiers, {demo['handed_over']} handed over,"
            f" {demo['commands_in_the_hour']} commands in the hour, {demo['seconds']} s: as promised"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
