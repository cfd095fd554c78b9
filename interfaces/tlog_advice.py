"""What to do about a problem with the log, its proofs and its witnesses, by the problem's code: see
`interfaces.advice`."""

from __future__ import annotations

from typing import Final

LOG_CODES: Final[dict[str, tuple[str, str]]] = {
    "log_not_opened": (
        "Hãy báo người vận hành chạy hoso tlog init",
        "Tell the operator to run hoso tlog init",
    ),
    "pruned": (
        "Hãy lấy bằng chứng của từng sự kiện thay cho tệp này, hoặc hỏi người vận hành bản lưu trữ",
        "Take the proof of a fact instead, or ask the operator for the archive",
    ),
    "tlog_unavailable": (
        "Hãy chờ số giây nêu ở tiêu đề Retry-After rồi thử lại; nếu vẫn lỗi, hãy báo người vận hành",
        "Wait for the seconds of the header Retry-After and try again; tell the operator if it stays so",
    ),
}
