"""What became of the dossiers: who holds them by the log and by the read model, which rule placed how many,
and whether code, revision and due date of those that nobody touched are what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from application import reading
from bench.country import Country
from bench.dossiers import Open
from bench.lives import OPEN
from bench.scene import Scene
from bench.traffic import PORTAL
from interfaces.wiring import Opened

LOOKED_AT = 300
"""Dossiers that the traffic leaves alone."""

Json = dict[str, Any]

_STATUSES = "SELECT status, count(*) FROM status.dossier GROUP BY status ORDER BY status"
_LATE = """
SELECT count(*) FILTER (WHERE promised < %(hour)s), count(*) FILTER (WHERE promised >= %(hour)s),
       count(*) FILTER (WHERE promised IS NULL), count(*)
  FROM status.dossier WHERE status IN (1, 2, 4, 5, 6)
"""
_PLACES = """
SELECT count(*), count(*) FILTER (WHERE place_code = ANY(%(split)s)),
       count(*) FILTER (WHERE place_code = ANY(%(capital)s)),
       count(*) FILTER (WHERE place_code = ANY(%(split)s) AND place_code = ANY(%(capital)s))
  FROM status.dossier
"""
_MOVED = """
SELECT rule, provisional, count(*) FROM status.holding
 WHERE part IS NOT NULL AND since <= %(at)s GROUP BY rule, provisional ORDER BY rule, provisional
"""
_HOLDERS = """
SELECT count(*) FILTER (WHERE holders <> 1), count(*)
  FROM (SELECT count(h.dossier) AS holders
          FROM status.dossier d
          LEFT JOIN status.holding h ON h.dossier = d.dossier AND h.since <= %(at)s AND %(at)s < h.until
         WHERE NOT d.quarantined GROUP BY d.dossier) each
"""
_STATED = """
SELECT count(*), count(transferred_at) FROM status.holding WHERE part IS NOT NULL AND since <= %(at)s
"""


async def _rows(opened: Opened, statement: str, **values: Any) -> list[Any]:
    """Of a statement that may read all dossiers: in a transaction without the pool's limit of time."""
    async with opened.services.views.pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = '600s'")
        return await (await connection.execute(statement.encode(), values)).fetchall()


async def shares(scene: Scene, hour: Any) -> Json:
    """Measured from what was loaded, as the read model shows it."""
    country: Country = scene.country
    communes = country.at("commune")
    split = [p.code for p in communes if p.split]
    capital = [p.code for p in communes if p.province == "01"]
    statuses = await _rows(scene.opened, _STATUSES)
    late, ahead, undated, opened = (await _rows(scene.opened, _LATE, hour=hour))[0]
    all_, in_split, in_capital, both = (await _rows(scene.opened, _PLACES, split=split, capital=capital))[0]
    district = [after for before, after in country.levels.values() if before == "district"]
    return {
        "communes_split": _of(len(split), len(communes)),
        "communes_of_the_capital_split": _of(len(set(split) & set(capital)), len(capital)),
        "district_procedures": {level: district.count(level) for level in sorted(set(district))},
        "dossiers_by_status": {str(status): count for status, count in statuses},
        "dossiers_in_split_communes": _of(in_split, all_),
        "dossiers_of_the_capital": _of(in_capital, all_),
        "dossiers_of_the_capital_in_split_communes": _of(both, in_capital),
        "overdue_at_the_hour": _of(late, opened),
        "due_after_the_hour": _of(ahead, opened),
        "without_a_due_date": _of(undated, opened),
    }


def _of(count: int, all_: int) -> Json:
    return {"count": count, "of": all_, "percent": round(100 * count / max(1, all_), 1)}


async def moved(scene: Scene) -> Json:
    """By the read model at the ledger's time: numbers moved by the rule that placed them, how many only
    provisionally, how many dossiers have other than one holder, how many moves have no transfer."""
    at, _ = await scene.opened.recorder.clock()
    rules = await _rows(scene.opened, _MOVED, at=at)
    wrong, dossiers = (await _rows(scene.opened, _HOLDERS, at=at))[0]
    links, stated = (await _rows(scene.opened, _STATED, at=at))[0]
    provisional = sum(count for _, is_provisional, count in rules if is_provisional)
    by_rule: dict[str, int] = {}
    for rule, _, count in rules:
        by_rule[rule] = by_rule.get(rule, 0) + count
    return {
        "dossiers": dossiers,
        "moved": links,
        "by_rule": by_rule,
        "provisional": _of(provisional, links),
        "without_transfer": links - stated,
        "holders_other_than_one": wrong,
    }


def left_alone(known: Sequence[Open]) -> tuple[list[Open], list[Open]]:
    """A sample that nobody touches, and the rest."""
    quiet = [one for one in known if one.life.target in OPEN][:LOOKED_AT]
    left = {one.code for one in quiet}
    return quiet, [one for one in known if one.code not in left]


async def looked_at(scene: Scene, quiet: Sequence[Open]) -> dict[str, Json]:
    """By code: what a handover must not change, and who holds it."""
    found = {}
    for one in quiet:
        state = await reading.state(scene.opened.services.dossiers, PORTAL, one.code)
        due = state["due"]
        found[one.code] = {
            "unchanged": (state["code"], state["revision"], due and due["at"], due and due["statutory"],
                          state["components"], state["obligations"], state["status"]),
            "holder": state["holder"]["identifier"],
        }  # fmt: skip
    return found
