"""The project's own reference data, installed with it, and where it lies.

Facts only, each with its source named in NOTICE; what had to be assumed is marked in the file. The readers
are in infra/reference_files.py, reference_acts.py, procedure_documents.py and calendar_documents.py; they
take these paths as well as a user's own file of the same format.
"""

from pathlib import Path

_HERE = Path(__file__).parent

UNITS: Path = _HERE / "units_2025.csv"
SUCCESSION: Path = _HERE / "succession_2025.csv"
RESOLUTIONS: Path = _HERE / "resolutions_2025.csv"
DISPUTED: Path = _HERE / "disputed_2025.csv"
CHANGES: Path = _HERE / "changes_2026.csv"
PROCEDURES: Path = _HERE / "procedures.json"
CALENDAR: Path = _HERE / "calendar.json"
HOURS: Path = _HERE / "hours.json"
LINKED_GROUPS: Path = _HERE / "linked_groups.json"
NAMES: Path = _HERE / "names.json"
IMPORT_MAPPINGS: dict[str, Path] = {"dong-bo-ho-so": _HERE / "dong_bo_ho_so.json"}
"""Mappings of exports whose fields are everybody's, by name."""
