"""What people read, in Vietnamese and English: statuses and problems.

`language` chooses by Accept-Language; Vietnamese is the default of the offices that use this.
"""

from __future__ import annotations

from typing import Final

from application.rules import known_rules
from interfaces import proof_codes
from interfaces.languages import LANGUAGES as LANGUAGES
from interfaces.languages import Language as Language
from interfaces.rule_texts import VIETNAMESE

MAX_HEADER = 200

STATUSES: Final[dict[int, tuple[str, str]]] = {
    1: ("Mới đăng ký", "submitted"),
    2: ("Được tiếp nhận", "accepted"),
    3: ("Không được tiếp nhận", "refused at intake"),
    4: ("Đang xử lý", "in processing"),
    5: ("Yêu cầu bổ sung giấy tờ", "supplement requested"),
    6: ("Yêu cầu thực hiện nghĩa vụ tài chính", "financial obligation requested"),
    7: ("Công dân yêu cầu rút hồ sơ", "withdrawn"),
    8: ("Dừng xử lý", "processing stopped"),
    9: ("Đã xử lý xong", "completed"),
    10: ("Đã trả kết quả", "result returned"),
}
UNKNOWN_STATUS: Final = ("Chưa rõ", "unknown")

CODES: Final[dict[str, tuple[str, str]]] = {
    "rule": ("Quy định không cho phép thao tác này", "A rule does not allow this act"),
    # the request
    "malformed_json": ("Nội dung không phải JSON hợp lệ", "The body is not JSON"),
    "invalid_request": (
        "Yêu cầu thiếu trường hoặc có giá trị sai",
        "The request lacks a field or has a wrong value",
    ),
    "idempotency_key_missing": (
        "Thiếu tiêu đề Idempotency-Key (1 đến 200 ký tự)",
        "The header Idempotency-Key (1 to 200 characters) is missing",
    ),
    "if_match_missing": (
        'Thiếu tiêu đề If-Match: "<revision>" của hồ sơ đã đọc',
        'The header If-Match: "<revision>" of the dossier as read is missing',
    ),
    "if_match_malformed": ('If-Match phải có dạng "7"', 'If-Match must look like "7"'),
    "body_too_large": ("Nội dung yêu cầu quá lớn", "The request's body is too large"),
    "headers_too_large": ("Tiêu đề yêu cầu quá lớn", "The request's headers are too large"),
    "method_not_allowed": ("Phương thức không được hỗ trợ", "This method is not allowed here"),
    "not_found": ("Không có địa chỉ này", "There is nothing at this address"),
    "unsupported_media_type": ("Hãy gửi application/json", "Send application/json"),
    "not_acceptable": ("Không có dạng dữ liệu được yêu cầu", "The form asked for is not offered"),
    "bad_cursor": (
        "Con trỏ trang không hợp lệ: hãy đọc lại từ đầu",
        "The cursor is not one of ours: begin again",
    ),
    "bad_since": (
        "Không thể bắt đầu kiểm tra từ điểm kiểm soát này",
        "The audit cannot begin at this checkpoint",
    ),
    # who
    "no_token": ("Cần mã truy cập đã ký (Bearer)", "A signed bearer token is needed"),
    "bad_token": ("Mã truy cập không hợp lệ hoặc đã hết hạn", "The token is not valid, or no longer"),
    "loopback_only": (
        "Sổ cái thử nghiệm chỉ phục vụ trên máy này",
        "A demo ledger serves this machine only",
    ),
    "no_identity": ("Cần mã truy cập đã ký (Bearer)", "A signed bearer token is needed"),
    "not_a_party": ("Chỉ người nộp hoặc chủ hồ sơ được phép", "Only the dossier's own applicant may do this"),
    "kind_not_allowed": ("Loại tài khoản này không được phép", "This kind of identity may not do this"),
    "not_posted": ("Cán bộ không có vị trí công tác hiệu lực", "The officer has no posting in force"),
    "role_missing": ("Vị trí công tác thiếu vai trò cần thiết", "No posting has the role that is needed"),
    "not_coordinator": (
        "Cán bộ không được cử điều phối hồ sơ này",
        "The officer is not named to coordinate this dossier",
    ),
    "not_closing": (
        "Văn bản không giao cán bộ này khóa sổ, hoặc phần đã đóng",
        "No act names this officer to close these books, or they are closed",
    ),
    "not_the_holder": ("Cơ quan của cán bộ không giữ hồ sơ này", "Another agency holds the dossier"),
    # what there is not
    "unknown_group": ("Không có nhóm liên thông này", "There is no such linked group"),
    "unknown_act": ("Không có thao tác này", "There is no such act"),
    "unknown_agency": ("Không có cơ quan này", "There is no such agency"),
    "unknown_officer": ("Không có cán bộ này", "There is no such officer"),
    "unknown_certificate": ("Phần này chưa có biên bản", "The part has no certificate yet"),
    "certificate_differs": (
        "Sổ cái không cho lại đúng biên bản đã ký",
        "The log does not give the document that was signed",
    ),
    "unknown_citizen": ("Không có người nộp này", "There is no such citizen"),
    "unknown_dossier": ("Không có hồ sơ với mã số này", "No dossier has this code"),
    "unknown_handover": ("Không có đợt bàn giao này", "There is no such handover"),
    "unknown_part": ("Không có phần bàn giao này", "There is no such handover part"),
    "unknown_posting": ("Không có vị trí công tác này", "There is no such posting"),
    "unknown_procedure": ("Không có thủ tục này", "There is no such procedure"),
    "unknown_unit": ("Không có đơn vị hành chính này", "There is no such unit"),
    "unknown_parent": ("Không có đơn vị cấp trên này", "There is no such parent unit"),
    "unknown_view": ("Không có bảng đọc này", "There is no such view"),
    "unknown_obstacle": ("Không có vướng mắc này", "There is no such obstacle"),
    "unknown_voice": ("Không có phản ánh, khiếu nại này", "There is no such feedback or complaint"),
    "dead_unit": ("Đơn vị không còn hiệu lực vào ngày này", "The unit was not valid on that day"),
    "quarantined_dossier": ("Hồ sơ đang bị cách ly", "The dossier is quarantined"),
    "not_recorded_yet": ("Sổ cái chưa ghi đến đó", "The ledger has not recorded that far"),
    "no_such_position": ("Vị trí không hợp lệ", "There is no such position"),
    "unknown_parameter": ("Tham số không được hỗ trợ", "There is no such parameter"),
    "not_begun_then": ("Lúc đó hồ sơ chưa bắt đầu", "The dossier had not begun then"),
    "since_after": ("Mốc bắt đầu nằm sau mốc kết thúc", "The beginning lies after the end"),
    "shown_now_only": ("Danh sách này chỉ có theo hiện tại", "This list is as shown now"),
    "not_known_yet": ("Chưa có gì được ghi đến vị trí này", "Nothing was recorded up to that position"),
    # what cannot be meant
    "search_empty": ("Chưa nêu điều cần tìm", "Nothing is looked for"),
    "code_taken": ("Mã số đã thuộc về hồ sơ khác", "The code belongs to another dossier"),
    "not_in_hand": (
        "Hồ sơ đã kết thúc, không còn đang giải quyết",
        "The dossier is concluded: it is in hand no longer",
    ),
    "file_named_before": ("Tệp đã được hồ sơ nêu tên", "The file was named before"),
    "file_too_old": ("Tệp đã gửi quá lâu", "The file was put too long ago"),
    "file_not_put": ("Không có tệp này", "There is no such file"),
    "file_of_another": ("Tệp thuộc về người khác", "The file is somebody else's"),
    "unknown_document": ("Không có giấy tờ này trong kho", "There is no such document in the store"),
    "no_content": ("Giấy tờ này không có tệp", "This document has no file"),
    "in_the_future": ("Thời điểm ở tương lai", "The instant lies in the future"),
    "amount_missing": ("Thiếu số tiền phải nộp", "The amount to be paid is missing"),
    "nothing_listed": ("Danh mục không ghi thời hạn nào", "The list gives no limit to confirm"),
    "day_in_the_past": ("Ngày bắt đầu đã qua", "The first day is past"),
    "load_running": ("Một lần nạp khác đang chạy", "Another load is running"),
    "no_zone": ("Thời điểm thiếu múi giờ", "The instant has no zone"),
    "place_not_commune": ("Địa bàn phải là một xã", "The place must be a commune"),
    "procedure_not_in_force": ("Thủ tục không còn hiệu lực", "The procedure is not in force"),
    "unit_twice": ("Đơn vị được nêu hai lần", "The unit is named twice"),
    "bad_count": ("Số lượng không hợp lệ", "A count is not valid"),
    "agency_twice": ("Cơ quan đã tồn tại", "The agency is there already"),
    "dossier_twice": ("Hồ sơ được nêu hai lần", "The dossier is named twice"),
    "before_the_hour": ("Chưa đến giờ hiệu lực", "The hour has not come"),
    "not_to_rehearse": ("Không có gì để diễn tập", "There is nothing to rehearse"),
    "bad_period": ("Khoảng thời gian không hợp lệ", "The period is not one"),
    "bad_range": ("Khoảng vị trí không hợp lệ", "The positions are no range"),
    "not_scheduled": ("Phần bàn giao chưa được lên lịch", "The part is not scheduled"),
    "transfer_missing": ("Còn hồ sơ chưa được bàn giao", "Some dossiers have no transfer yet"),
    "cursor_ahead": (
        "Con trỏ thuộc về sổ cái khác hoặc dài hơn",
        "The cursor belongs to another or a longer ledger",
    ),
    "calendar_unknown": (
        "Chưa có lịch làm việc cho ngày này: hãy nạp lịch",
        "No working calendar covers that day: load it",
    ),
    "no_importing_agency": (
        "Cần vị trí công tác có vai trò importer",
        "A posting with the role importer is needed",
    ),
    # files
    "file_not_named": ("Không có tệp này trong hồ sơ", "The dossier has no such file"),
    "media_type_unknown": ("Không nhận loại tệp này", "Files of this type are not taken"),
    "not_that_media_type": (
        "Nội dung tệp không đúng loại đã khai",
        "The file is not of the type that was declared",
    ),
    "file_too_large": ("Tệp lớn hơn mức cho phép", "The file is larger than is taken"),
    "file_empty": ("Tệp rỗng", "The file is empty"),
    "upload_broken_off": ("Việc gửi tệp bị gián đoạn", "The upload broke off"),
    "pruned": ("Tệp này của nhật ký đã được lưu trữ, không còn công bố", "This file of the log was pruned"),
    "log_not_opened": ("Nhật ký chưa được mở", "The log is not opened yet"),
    "tlog_unavailable": ("Kho nhật ký không phản hồi", "The store of the log cannot be used now"),
    "files_unavailable": ("Kho tệp không phản hồi", "The file store cannot be used now"),
    "file_missing": ("Kho tệp không còn tệp này", "The file store has lost this file"),
    "file_broken": ("Tệp đã bị hỏng", "The file is damaged"),
    # the ledger
    "stale_revision": (
        "Hồ sơ đã thay đổi: hãy đọc lại rồi gửi lại",
        "The dossier has changed: read it again, then repeat",
    ),
    "key_reused": (
        "Idempotency-Key đã dùng cho yêu cầu khác",
        "The Idempotency-Key was used for another request",
    ),
    "claim_taken": ("Đã tồn tại và chỉ được có một", "This exists already and may exist only once"),
    "subject_erased": (
        "Dữ liệu cá nhân này đã được xóa",
        "The personal data of this subject were erased",
    ),
    "unknown_erasure": ("Không có lần xóa dữ liệu nào như vậy", "There is no such erasure"),
    "unknown_hold": ("Không có lệnh giữ nào như vậy", "There is no such hold"),
    "overloaded": ("Hệ thống đang quá tải: hãy thử lại sau", "Too much is waiting: try again later"),
    "rate_limited": ("Tra cứu quá nhiều lần: hãy thử lại sau", "Too many look-ups: try again later"),
    "clock_jumped": (
        "Đồng hồ nhảy vọt; việc ghi tạm dừng chờ người kiểm tra",
        "The clock leapt; recording waits for a person",
    ),
    "unavailable": ("Cơ sở dữ liệu tạm thời không dùng được", "The database cannot be reached at the moment"),
    "not_shown_yet": (
        "Vị trí này chưa được hiển thị: hãy thử lại",
        "That position is not shown yet: try again",
    ),
    "papers_later": (
        "Giấy tờ của bước sau nộp khi bước đó bắt đầu",
        "Papers of a later step come when it begins",
    ),
    "no_code_free": ("Chưa cấp được mã số: báo người vận hành", "No code could be issued: tell the operator"),
    "internal_error": ("Lỗi hệ thống: hãy báo người vận hành", "Something failed here: tell the operator"),
    **proof_codes.CODES,
}


def language(accept_language: str | None) -> Language:
    """`en` when English is preferred to Vietnamese, else `vi`; also where the header is no such list."""
    best: dict[str, float] = {}
    for part in (accept_language or "")[:MAX_HEADER].split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            quality = 0.0
        best[primary] = max(best.get(primary, 0.0), quality)
    return "en" if best.get("en", 0.0) > best.get("vi", 0.0) else "vi"


def of_code(code: str, lang: Language) -> str:
    """One sentence for a problem's code; one that is missing (a test looks) reads as an internal error."""
    vi, en = CODES.get(code, CODES["internal_error"])
    return vi if lang == "vi" else en


def of_rule(rule_id: str, lang: Language) -> str:
    """What the rule says."""
    return VIETNAMESE[rule_id] if lang == "vi" else sentence(known_rules()[rule_id].says)


def of_status(status: int | None, lang: Language) -> str:
    vi, en = STATUSES.get(status, UNKNOWN_STATUS) if status is not None else UNKNOWN_STATUS
    return vi if lang == "vi" else en


def sentence(text: str) -> str:
    """With a capital at the beginning, unless that is the path of a field, and a full stop at the end."""
    if "/" not in text.partition(" ")[0]:
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
