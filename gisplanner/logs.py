"""Structured logs: one JSON object a line on standard error, each with the id of the request it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""Id of the request that this code runs for."""

_STANDARD: Final = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime", "color_message", "taskName"})


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request, and whatever the record carries besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record.

        Examples
        --------
        >>> record = logging.makeLogRecord({"name": "a", "levelname": "INFO", "msg": "甲 %s", "args": ("乙",)})
        >>> line = json.loads(JsonLines().format(record))
        >>> line["message"], line["level"], line["logger"]
        ('甲 乙', 'INFO', 'a')
        """
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        asked_by = request_id.get()
        if asked_by is not None:
            line["request_id"] = asked_by
        line |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_as_json(level: int = logging.INFO) -> None:
    """Write what is logged to standard error, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
