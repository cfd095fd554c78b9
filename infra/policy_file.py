"""A trust policy in a file."""

from __future__ import annotations

from pathlib import Path

from domain.trust_policy import MOST_BYTES, PolicyBroken, TrustPolicy, read_policy


class PolicyFileError(Exception):
    """The file cannot be read, or is no policy: the text has its path and the line."""


def read_policy_file(path: Path) -> TrustPolicy:
    """Raises PolicyFileError."""
    try:
        with path.open("rb") as file:
            return read_policy(file.read(MOST_BYTES + 1))
    except PolicyBroken as broken:
        text = str(broken).removeprefix(f"line {broken.line}: ")
        raise PolicyFileError(f"{path}:{broken.line}: {text}.") from None
    except OSError as error:
        raise PolicyFileError(f"{path} cannot be read: {error.strerror}.") from None
