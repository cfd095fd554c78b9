"""The words of the pages."""

from __future__ import annotations

from typing import Final

from interfaces.texts import Language

PAGE: Final[dict[str, dict[Language, str]]] = {
    "title": {"vi": "Sổ cái hồ sơ", "en": "Dossier ledger"},
    "this_language": {"vi": "Tiếng Việt", "en": "English"},
    "demo": {
        "vi": "Dữ liệu thử nghiệm (demo): không phải hồ sơ thật.",
        "en": "Demo data: these are not real dossiers.",
    },
    "skip": {"vi": "Đến nội dung", "en": "Skip to content"},
    "home": {"vi": "Trang đầu", "en": "Home"},
    "docs": {"vi": "Tài liệu API", "en": "API documentation"},
    "track": {"vi": "Tra cứu hồ sơ", "en": "Track a dossier"},
    "code": {"vi": "Mã số hồ sơ", "en": "Dossier code"},
    "look_up": {"vi": "Tra cứu", "en": "Look up"},
    "no_such_code": {
        "vi": "Không có hồ sơ với mã số {code}. Hãy kiểm tra lại trên giấy tiếp nhận.",
        "en": "No dossier has the code {code}. Check it against the slip.",
    },
    "desks": {
        "vi": "Các bộ phận một cửa hiện nay thay cho cơ quan trong mã số:",
        "en": "The desks that stand today for the agency in the code:",
    },
    "table": {"vi": "Bàn giao theo huyện", "en": "The handover by district"},
    "no_handover": {"vi": "Chưa có đợt bàn giao nào được lên lịch.", "en": "No handover is scheduled yet."},
    "district": {"vi": "Huyện", "en": "District"},
    "province": {"vi": "Cấp tỉnh", "en": "The province"},
    "to_move": {"vi": "Phải chuyển", "en": "To move"},
    "handed_over": {"vi": "Đã bàn giao", "en": "Handed over"},
    "receivers": {"vi": "Nơi nhận", "en": "Receivers"},
    "provisional": {"vi": "Tạm giữ", "en": "Provisional"},
    "results_to_return": {"vi": "Kết quả chờ trả", "en": "Results to return"},
    "overdue": {"vi": "Quá hạn khi nhận", "en": "Inherited overdue"},
    "total": {"vi": "Cộng", "en": "Total"},
    "again": {
        "vi": "Chuyển lần nữa do sửa đổi (không tính vào tổng)",
        "en": "Moved again by an amendment (not in the total)",
    },
    "as_of": {
        "vi": "Số liệu lúc {at}, đếm lại nhiều nhất {seconds} giây một lần.",
        "en": "As of {at}; counted again after {seconds} seconds at the earliest.",
    },
    "token": {"vi": "cần mã truy cập", "en": "needs a token"},
    "public": {"vi": "công khai", "en": "public"},
    "parameters": {"vi": "Tham số", "en": "Parameters"},
    "body": {"vi": "Nội dung", "en": "Body"},
    "answers": {"vi": "Trả lời", "en": "Answers"},
    "required": {"vi": "bắt buộc", "en": "required"},
    "document": {"vi": "Toàn bộ, cho máy đọc", "en": "All of it, for machines"},
}
