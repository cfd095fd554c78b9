"""Log lines of processes that stay: on standard error, one line each, never a person's data."""

from __future__ import annotations

import logging


def log_to_standard_error(level: int = logging.INFO) -> None:
    """Time in UTC, level, logger, text."""
    logging.Formatter.default_msec_format = "%s.%03d"
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for chatty in ("httpx", "uvicorn.access", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
