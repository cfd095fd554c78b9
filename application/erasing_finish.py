"""What follows from the erasures of the log: keys destroyed, what finds the persons removed, their files
removed. Each step may be done again, and the position up to which all are done is kept beside the keys: it
goes back with them where a backup of the key tables is restored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from application.erasing_concern import files_under
from application.erasing_ports import Erasing
from application.file_ports import FileStoreError
from domain.document_store import store_stream
from domain.erasure_facts import ErasureCarriedOut
from domain.facts import Category

PAGE: Final = 100
STREAMS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Finished:
    """`erasures`: how many were finished now; `keys`: subjects whose keys are destroyed with them; `files`:
    how many files were removed from the store now; `through`: the position up to which all are finished."""

    erasures: int
    keys: int
    files: int
    through: int


async def finish(
    office: Erasing,
    *,
    from_start: bool = False,
    progress: Callable[[int], None] = lambda position: None,
) -> Finished:
    """Finish every erasure on record that is not. `from_start`: look at those again that were finished, as
    after a restore of keys or files alone. Raises FilesUnavailable, after the keys are destroyed."""
    after = 0 if from_start else await office.keys.finished()
    erasures = keys = files = 0
    trouble: FileStoreError | None = None
    while page := await office.ledger.recorder.events_after(after, PAGE, (Category.ERASURE,)):
        for stored in page:
            if stored.topic != ErasureCarriedOut.TOPIC:
                continue
            fact = office.ledger.codec.decode(stored).fact
            assert isinstance(fact, ErasureCarriedOut)
            await _destroy(office, fact, stored.recorded_at)
            try:
                if trouble is None:
                    files += await _remove_files(office, fact)
            except FileStoreError as why:  # files wait; no key does
                trouble = why
            erasures, keys = erasures + 1, keys + len(fact.subjects)
        after = page[-1].position
        if trouble is None:
            await office.keys.finish(after)
        progress(after)
    if trouble is not None:
        raise trouble
    return Finished(erasures, keys, files, after)


async def _destroy(office: Erasing, fact: ErasureCarriedOut, at: datetime) -> None:
    await office.keys.destroy(fact.subjects, at)


async def _remove_files(office: Erasing, fact: ErasureCarriedOut) -> int:
    """Of what the dossiers and stores name, the files that are sealed under the erased."""
    streams = [*fact.subjects, *fact.beside, *(store_stream(one) for one in fact.subjects)]
    removed = 0
    for start in range(0, len(streams), STREAMS_AT_ONCE):
        facts = await office.ledger.facts_of(streams[start : start + STREAMS_AT_ONCE])
        for file in dict.fromkeys(files_under(facts, fact.subjects)):
            removed += await office.files.erase(file, fact.subjects)
    return removed
