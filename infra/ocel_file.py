"""An OCEL 2.0 file of one of its three forms, by the ending of its name. The port `OcelFile`.

All three begin as the database beside the target; JSON and XML are told from it, since they name every type
before the first event and every change of an object in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from application.export_ports import Counts, Extent, Link, OcelFact, Told
from infra.export_target import Target, target
from infra.ocel_sqlite import Declared, OcelDatabase
from infra.ocel_texts import write_json, write_xml

TEXTS: Mapping[str, Callable[..., None]] = {".json": write_json, ".xml": write_xml}
ENDINGS = (".sqlite", *TEXTS)


class OcelDraft:
    """A file that is being written."""

    def __init__(self, place: Target, database: OcelDatabase) -> None:
        self._place = place
        self._database = database

    def add(self, facts: Iterable[OcelFact]) -> None:
        self._database.add(facts)

    def end(self, links: Sequence[Link], told: Sequence[Told]) -> Counts:
        counts = self._database.end(links, told)
        write = TEXTS.get(self._place.path.suffix.lower())
        if write is not None:
            with self._place.draft.open("wb", buffering=1 << 20) as file:
                write(self._database.connection, file)
        self._database.close()
        self._place.keep()
        return counts


@contextmanager
def open_ocel(path: Path, extent: Extent, declared: Declared, *, force: bool) -> Iterator[OcelDraft]:
    """A file to fill. Raises TargetExists, OSError."""
    with target(path, force=force) as place:
        tables = place.draft if path.suffix.lower() not in TEXTS else place.spool("sqlite")
        database = OcelDatabase(tables, place.spool("told"), extent, declared)
        with closing(database):
            yield OcelDraft(place, database)
