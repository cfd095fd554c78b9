"""An office that the command is tried on: its own data directory, and `hoso` run as people run it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import warm

HOSO = Path(sys.executable).with_name("hoso")
DESK = "000.01.01.H02"
AGENCIES = {
    "format": "hoso.agencies.v1",
    "agencies": [{"identifier": DESK, "name": "Bộ phận Một cửa", "kind": "desk", "unit": "213"}],
}
OFFICERS = {
    "format": "hoso.officers.v1",
    "officers": [
        {
            "number": "IMP-1",
            "name": "Nguyễn Thị Mai",
            "postings": [{"agency": DESK, "roles": ["importer", "auditor"]}],
        },
        {"number": "OP-1", "name": "Trần Văn Bình", "postings": [{"agency": DESK, "roles": ["operator"]}]},
    ],
}


@dataclass(slots=True)
class Answer:
    """What one run of the command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        read: dict[str, Any] = json.loads(self.out)
        return read

    @property
    def last_line(self) -> str:
        return self.out.strip().splitlines()[-1]


@dataclass(slots=True)
class Office:
    """`folder` holds the data directory and the office's files; `settings` are further HOSO_ variables."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("HOSO_", "PG"))
        }
        return inherited | {"HOSO_DATA_DIR": str(self.folder / "data"), "COLUMNS": "200"} | self.settings

    def hoso(self, *arguments: str, **settings: str) -> Answer:
        """Run the command in the office's folder; `settings` count for this run. Its start is shared
        (tests/warm.py); HOSO is the real one."""
        environment = self.environment | settings
        done = warm.run(arguments, environment=environment, folder=self.folder, seconds=120)
        answer = Answer(done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return answer

    def write(self, name: str, content: Any) -> Path:
        """A file of the office; anything but text is written as JSON."""
        path = self.folder / name
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return path

    def token(self, *whom: str) -> str:
        issued = self.hoso("tokens", "issue", *whom)
        assert issued.code == 0, issued.err
        return issued.out.strip()


def refused(answer: Answer, *words: str) -> None:
    """Exit code 1, nothing on standard output, and one sentence with these words."""
    assert answer.code == 1, (answer.out, answer.err)
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1, answer.err
    for word in words:
        assert word in answer.err
