"""The rules of erasure, legal holds and retention in Vietnamese: see `interfaces.rule_texts`."""

from __future__ import annotations

OF_ERASURE = {
    "erase.requested_once": "Đã có yêu cầu xóa dữ liệu của người này: hãy thực hiện hoặc rút yêu cầu đó.",
    "erase.requested": "Chỉ thực hiện hoặc rút được yêu cầu xóa đang chờ.",
    "erase.four_eyes": "Người đề nghị xóa không được tự thực hiện: dữ liệu đã xóa không bao giờ khôi phục "
    "được.",
    "erase.already": "Dữ liệu cá nhân đã được xóa: không ghi thêm gì về người này dưới bản ghi này.",
    "erase.being_decided": "Việc xóa dữ liệu của người này đang được xem xét: chưa thể bắt đầu việc mới cho "
    "đến khi xóa xong hoặc rút yêu cầu.",
    "erase.dossier_of_nobody": "Chỉ hồ sơ nhập từ hệ thống cũ, không có chủ hồ sơ và người nộp, mới xóa "
    "theo mã; hồ sơ khác thì xóa theo chủ hồ sơ.",
    "erase.same_records": "Từ khi có yêu cầu, bản ghi của người này đã được gộp hoặc tách: hãy rút và lập "
    "lại yêu cầu.",
    "erase.at_most": "Mỗi lần xóa bao gồm tối đa 1.000 hồ sơ: tổ chức có nhiều hơn không phải là cá nhân.",
    "erase.procedure_open": "Người này còn hồ sơ chưa kết thúc: dữ liệu cơ quan còn cần thì chưa được xóa.",
    "erase.complaint_open": "Phản ánh, kiến nghị hoặc khiếu nại của người này chưa được trả lời.",
    "erase.linked_group_open": "Nhóm thủ tục liên thông liên quan đến người này chưa kết thúc.",
    "erase.legal_hold": "Người này hoặc hồ sơ của người này đang có lệnh giữ: phải gỡ lệnh trước khi xóa.",
    "erase.period_known": "Chưa nạp thời hạn lưu trữ cho một thủ tục của người này: không thể nói đã hết "
    "hạn.",
    "erase.period_over": "Hồ sơ của người này chưa hết thời hạn lưu trữ.",
    "erase.statutory_register": "Hồ sơ của người này được lưu vĩnh viễn như sổ bộ theo luật.",
    "hold.once": "Mỗi lệnh giữ chỉ được đặt một lần.",
    "hold.stands": "Chỉ gỡ được lệnh giữ còn hiệu lực.",
    "retention.period_whole": "Thời hạn lưu trữ phải có số lượng và đơn vị tháng hoặc năm, hoặc không có gì "
    "là vĩnh viễn.",
    "retention.period_in_order": "Thời hạn lưu trữ của một thủ tục được đặt theo thứ tự ngày áp dụng.",
    "retention.run_one": "Một đợt tiêu hủy đang chạy: hãy chạy tiếp với số quyết định của đợt đó.",
    "retention.run_decision_once": "Mỗi quyết định tiêu hủy chỉ dùng cho một đợt.",
    "retention.run_goes_on": "Chỉ kết thúc được đợt tiêu hủy đang chạy.",
    "retention.run_four_eyes": "Người nạp thời hạn lưu trữ không được tự chạy tiêu hủy theo thời hạn đó.",
}
