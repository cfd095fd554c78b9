"""Who holds a dossier, replayed naively from the definition in the handover's design, on plain tuples and
dictionaries.

Imports nothing of the project, so that it cannot share a mistake with what it judges. An entry of the log is
(position, recorded_at, kind, ...): H dossier agency · place dossier unit procedure · status dossier status ·
schedule part version hour · cancel part.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

Entry = tuple[Any, ...]
Content = dict[str, Any]


def naive_steps(log: list[Entry]) -> list[tuple[datetime, int, UUID, int]]:
    """(hour, position, part, version), those of one hour in the order of their recording."""
    steps = []
    for part in {e[3] for e in log if e[2] == "schedule"} - {e[3] for e in log if e[2] == "cancel"}:
        versions = [e for e in log if e[2] == "schedule" and e[3] == part]
        in_time = [(e[5], e[0], part, e[4]) for e in versions if e[1] < e[5]]
        steps += in_time[-1:] + [(e[1], e[0], part, e[4]) for e in versions if e[1] >= e[5]]
    return sorted(steps)


def naive_answer(content: Content, earlier: list[Content], place: Any, procedure: Any) -> tuple[UUID, bool]:
    split, linked = False, {link[0] for link in content["links"]}
    for act in [] if place in linked or place in content["receivers"] else earlier:
        to = [link for link in act["links"] if link[0] == place]
        split = split or any(link[2] == "part" for link in to)
        place = next((link[1] for link in to if link[3] or link[2] != "part"), None if to else place)
    if content["levels"].get(procedure) in ("province", "abolished"):
        return content["desk"], False
    to = [link for link in content["links"] if link[0] == place]
    if any(link[2] == "part" for link in to):
        default = [link[1] for link in to if link[3]]
        return (content["receivers"].get(default[0], content["desk"]) if default else content["desk"]), True
    agency = content["receivers"].get(to[0][1] if to else place)
    if agency is None or procedure not in content["levels"]:
        return content["desk"], True
    return agency, split


def naive_holder(
    log: list[Entry], contents: dict[Any, Content], steps: list[Any], d: UUID, t: datetime
) -> Any:
    """(agency, since, provisional, ended with it) or None; `log` and `steps` are those of one position."""
    of_d = [e for e in log if e[2] in ("H", "place", "status") and e[3] == d]
    setting = [e for e in of_d if e[2] == "H" and e[1] <= t]
    if not setting:
        return None
    u, v, provisional, came_by, came_from = setting[-1][4], setting[-1][1], False, None, setting[-1][4]
    while True:
        for k, _, part, version in steps:
            act = contents[part, version]
            if not v < k <= t or (u not in act["heirs"] and came_by != part):
                continue
            came = u if u in act["heirs"] else came_from
            places = [e for e in of_d if e[2] == "place"]
            place, procedure = ([e for e in places if e[1] < k] or places[:1])[-1][4:]
            latest = {p: contents[p, n] for h, _, p, n in steps if h < k and p != part}
            says = (
                naive_answer(act, list(latest.values()), place, procedure)
                if came in act["heirs"]
                else (came, False)
            )
            if u in act["heirs"] or says[0] != u:
                break
        else:
            return u, v, provisional, False
        if [None, *(e[4] for e in of_d if e[2] == "status" and e[1] < k)][-1] in (3, 7, 8, 10):
            return u, k, provisional, True
        (u, provisional), v, came_by, came_from = says, k, part, came
