"""Every rule of the domain in Vietnamese, by its id. The English is the rule's own sentence.

Terms are those of docs/glossary.md. A test holds that no rule is missing and none is here that is gone.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from domain import handover_rules, organisation_rules, record_rules, rules
from domain.refusals import Rule

VIETNAMESE = {
    "dossier.begins_once": "Một hồ sơ chỉ được khởi tạo một lần.",
    "dossier.begun": "Không thể thao tác trên hồ sơ không tồn tại.",
    "dossier.quarantined": "Hồ sơ đang bị cách ly vì mã số đã thuộc về hồ sơ khác; không ai được thao tác.",
    "dossier.status.unknown_imported": "Hồ sơ nhập từ hệ thống cũ chưa rõ trạng thái chỉ có thể được tiếp "
    "nhận, rút hoặc đính chính.",
    "dossier.status.official": "Trạng thái phải là một trong mười trạng thái chính thức, từ 1 đến 10.",
    "dossier.status.final": "Không được tiếp nhận, đã rút và đã trả kết quả là các trạng thái cuối cùng.",
    "dossier.accept.only_submitted": "Chỉ hồ sơ mới đăng ký mới được tiếp nhận.",
    "dossier.accept.clock_from_receipt": "Thời hạn giải quyết tính từ khi nhận đủ hồ sơ, không sớm hơn lúc "
    "nộp.",
    "dossier.accept.limit_whole": "Thời hạn giải quyết phải có đủ số lượng, đơn vị và ngày hẹn trả, hoặc "
    "không có gì; ngày hẹn trả phải sau lúc bắt đầu.",
    "dossier.refuse_intake.only_at_intake": "Chỉ hồ sơ chưa được tiếp nhận mới có thể bị từ chối tiếp nhận.",
    "dossier.refuse_intake.supplement_deadline_passed": "Khi đang chờ bổ sung, chỉ được từ chối tiếp nhận "
    "sau khi hết hạn bổ sung và trước khi tiếp nhận.",
    "dossier.arrive.not_concluded": "Hồ sơ đã kết thúc không được chuyển đến nơi nào nữa.",
    "dossier.assign.only_accepted": "Chỉ phân công cán bộ cho hồ sơ đã tiếp nhận hoặc đang xử lý.",
    "dossier.forward.not_concluded": "Hồ sơ đã kết thúc không được chuyển tiếp.",
    "dossier.move.to_another_agency": "Hồ sơ phải được chuyển sang một cơ quan khác, không phải chính cơ "
    "quan đó.",
    "dossier.take.only_in_processing": "Cán bộ chỉ nhận xử lý hồ sơ đang xử lý.",
    "dossier.request_supplement.only_at_work": "Chỉ yêu cầu bổ sung khi mới nộp, sau khi tiếp nhận hoặc "
    "đang xử lý.",
    "dossier.submit_supplement.only_requested": "Chỉ nộp bổ sung khi đã có yêu cầu bổ sung.",
    "dossier.until.ahead": "Thời hạn đặt ra phải sau thời điểm đặt.",
    "dossier.request_payment.only_in_processing": "Chỉ yêu cầu nghĩa vụ tài chính khi hồ sơ đang xử lý.",
    "dossier.payment.new_obligation": "Mỗi nghĩa vụ tài chính chỉ được yêu cầu một lần và phải lớn hơn 0 "
    "đồng.",
    "dossier.confirm_payment.only_requested": "Chỉ xác nhận thanh toán khi đã có yêu cầu nghĩa vụ tài chính.",
    "dossier.payment.only_open_obligation": "Chỉ xác nhận được nghĩa vụ của chính hồ sơ này, chưa nộp và "
    "chưa hết hiệu lực.",
    "dossier.payment.amount_as_requested": "Số tiền xác nhận phải đúng bằng số tiền đã yêu cầu.",
    "dossier.payment.already_confirmed": "Khoản thanh toán này đã được xác nhận.",
    "dossier.consult.only_in_processing": "Chỉ lấy ý kiến cơ quan khác khi hồ sơ đang xử lý.",
    "dossier.resume.only_waiting": "Chỉ tiếp tục xử lý hồ sơ đang chờ bổ sung hoặc chờ nghĩa vụ tài chính.",
    "dossier.record_lookup.not_concluded": "Chỉ ghi nhận tra cứu dữ liệu khi hồ sơ đang được giải quyết.",
    "dossier.confirm_draft.only_at_work": "Chỉ xác nhận bản nháp sau khi tiếp nhận hoặc khi đang xử lý.",
    "dossier.extend.only_running": "Chỉ gia hạn hồ sơ đã tiếp nhận và chưa kết thúc.",
    "dossier.extend.has_due_date": "Hồ sơ không có ngày hẹn trả thì không có gì để gia hạn.",
    "dossier.extend.at_most_once": "Chỉ được hẹn lại ngày trả kết quả nhiều nhất một lần.",
    "dossier.extend.one_day_before": "Phải đề nghị gia hạn chậm nhất một ngày trước ngày hẹn trả.",
    "dossier.extend.later": "Ngày hẹn mới phải sau ngày hẹn cũ.",
    "dossier.apologise.not_concluded": "Chỉ gửi phiếu xin lỗi cho hồ sơ chưa kết thúc.",
    "dossier.stop.only_in_processing": "Chỉ dừng xử lý hồ sơ đang xử lý hoặc hồ sơ không được bổ sung.",
    "dossier.stop.supplement_deadline_passed": "Khi đang chờ bổ sung, chỉ dừng xử lý sau khi hết hạn bổ "
    "sung và sau khi đã tiếp nhận.",
    "dossier.close.only_refused_or_stopped": "Chỉ đóng hồ sơ không được tiếp nhận hoặc đã dừng xử lý.",
    "dossier.close.once": "Hồ sơ chỉ được đóng một lần.",
    "dossier.withdraw.not_concluded": "Chỉ được rút hồ sơ khi hồ sơ chưa dừng, chưa xử lý xong và chưa kết "
    "thúc.",
    "dossier.finish.only_at_work": "Chỉ hoàn thành xử lý hồ sơ đã tiếp nhận hoặc đang xử lý.",
    "dossier.finish.refusal_has_reason": "Kết quả từ chối giải quyết phải nêu rõ lý do.",
    "dossier.return_result.only_finished": "Chỉ trả kết quả khi hồ sơ đã xử lý xong.",
    "dossier.recall.only_sent_on": "Chỉ thu hồi hồ sơ đang xử lý, chờ nghĩa vụ tài chính, đã dừng hoặc đã "
    "xử lý xong.",
    "dossier.send_back.only_processed": "Chỉ trả lại hồ sơ đang xử lý, đã dừng hoặc đã xử lý xong.",
    "dossier.back.never_linked": "Hồ sơ liên thông không được thu hồi hay trả lại.",
    "dossier.correct.recorded_fact": "Đính chính phải nêu một sự kiện đã ghi của chính hồ sơ này.",
    "value.one_of": "Giá trị không thuộc danh mục cho phép.",
    "dossier.code.acceptable": "Mã số hồ sơ gồm 1 đến 64 ký tự in được, không có khoảng trắng.",
    "dossier.code.issuable": "Mã số được cấp cần mã định danh cơ quan (chữ A-Z, số, dấu chấm) và số từ 1 "
    "đến 9.999.999.",
    "dossier.import_step.only_imported": "Chỉ nhập các bước vào hồ sơ được nhập từ hệ thống cũ.",
    "dossier.import_step.in_order": "Các bước nhập phải theo thứ tự của nhật ký, mỗi bước một lần.",
    "dossier.import_step.status_before_acts": "Khi hồ sơ đã được xử lý tại đây, bước nhập không còn đặt "
    "trạng thái.",
    "procedure.version.next": "Các phiên bản thủ tục được đánh số 1, 2, 3 và giữ nguyên mã thủ tục.",
    "procedure.limit.whole": "Thời hạn giải quyết là số nguyên lớn hơn 0 kèm đơn vị thời gian, hoặc không "
    "có.",
    "procedure.fee.not_negative": "Phí, lệ phí từ 0 đồng trở lên.",
    "calendar.year.own_days": "Lịch của một năm chỉ gồm ngày của năm đó, không ngày nào vừa nghỉ vừa làm "
    "việc.",
    "deadline.amount": "Thời hạn từ 1 đến 10.000 đơn vị thời gian.",
    "citizen.identified_once": "Mỗi người nộp chỉ được định danh một lần.",
    "citizen.identified": "Người nộp chưa được định danh.",
    "citizen.own_subject": "Dữ liệu về một người phải được khóa bằng khóa của chính người đó.",
    "citizen.number.kind": "Số định danh phải kèm loại số; loại `none` thì không có số.",
    "citizen.personal_number": "Số định danh cá nhân gồm 12 chữ số.",
    "citizen.enterprise_code": "Mã số doanh nghiệp gồm 10 chữ số, hoặc 10 và 3 chữ số nối bằng dấu gạch.",
    "citizen.contact_given": "Thay đổi liên hệ phải có số điện thoại hoặc địa chỉ.",
    "organisation.once": "Đã thành lập, lập hoặc bổ nhiệm rồi thì không thể làm lại.",
    "organisation.unknown": "Không có đối tượng nào được thành lập hoặc bổ nhiệm với mã này.",
    "organisation.named": "Mã, mã định danh và tên không được để trống.",
    "unit.level": "Đơn vị hành chính phải là cấp tỉnh, huyện hoặc xã.",
    "unit.dated": "Đơn vị cần ngày bắt đầu hiệu lực, hoặc một ngày được biết là có hiệu lực.",
    "organisation.half_open": "Ngày kết thúc phải sau ngày bắt đầu.",
    "organisation.ended": "Đã kết thúc trước ngày đó.",
    "agency.kind": "Cơ quan là bộ phận một cửa, trung tâm, chi nhánh, phòng chuyên môn, công an hoặc văn "
    "phòng đất đai.",
    "agency.changes": "Chỉ được đổi tên, địa chỉ, đường dây nóng, giờ làm việc và loại hình; đơn vị hoặc "
    "loại khác là cơ quan mới.",
    "officer.roles": "Vị trí phải có một hay nhiều vai trò: desk, handler, decider, operator, registrar, "
    "importer, auditor.",
    "officer.posting_once": "Một mã vị trí chỉ chỉ một vị trí.",
    "officer.posting_open": "Không có vị trí nào với mã này còn hiệu lực vào thời điểm đó.",
    "officer.suspension_order": "Đình chỉ và phục hồi phải theo thứ tự thời gian.",
    "handover.act_once": "Văn bản bàn giao chỉ được soạn một lần.",
    "handover.act_complete": "Văn bản cần số, tiêu đề và ít nhất một phần, mỗi phần một lần.",
    "handover.local_midnight": "Văn bản có hiệu lực vào 0 giờ theo giờ Việt Nam.",
    "handover.nothing_ends": "Mỗi phần phải kết thúc hoặc bắt đầu ít nhất một đơn vị hay cơ quan.",
    "handover.heir_ends": "Cơ quan kế thừa mặc định không được kết thúc cùng thời điểm.",
    "handover.heir_cycle": "Các cơ quan kết thúc không thể kế thừa lẫn nhau.",
    "handover.listed_twice": "Dự thảo liệt kê cùng một mục hai lần.",
    "handover.ends_and_begins": "Một đơn vị không thể vừa kết thúc vừa bắt đầu trong một phần.",
    "handover.link_unlisted": "Liên kết phải đi từ đơn vị kết thúc đến đơn vị bắt đầu của phần này.",
    "handover.link_kind": "Liên kết là toàn bộ, một phần hoặc giữ nguyên (whole, part, same).",
    "handover.link_whole": "Đơn vị chuyển toàn bộ hoặc giữ nguyên chỉ có một đơn vị kế tục.",
    "handover.link_defaults": "Một đơn vị có nhiều nhất một đơn vị kế tục mặc định.",
    "handover.link_cycle": "Các đơn vị không thể kế tục nhau thành vòng.",
    "handover.no_receiver": "Đơn vị tiếp nhận cần một cơ quan tiếp nhận.",
    "handover.receiver_ends": "Cơ quan tiếp nhận không được kết thúc cùng thời điểm.",
    "handover.receiver_level": "Cơ quan tiếp nhận ở cấp xã hoặc cấp tỉnh.",
    "handover.province_desk": "Mỗi phần có đúng một cơ quan tiếp nhận cấp tỉnh.",
    "handover.level": "Thủ tục chuyển về cấp xã, cấp tỉnh hoặc bị bãi bỏ.",
    "handover.posting_ends": "Vị trí không thể chuyển đến cơ quan kết thúc cùng thời điểm.",
    "handover.not_drafted": "Phần này chưa có dự thảo.",
    "handover.draft_settled": "Phần đã lên lịch hoặc đã hủy không nhận dự thảo mới.",
    "handover.draft_hour": "Văn bản và tỉnh của một phần không đổi giữa các dự thảo.",
    "handover.not_simulated": "Phải chạy thử dự thảo này trước khi phê duyệt.",
    "handover.digest_differs": "Mã tóm lược không khớp với dự thảo: hãy đọc lại.",
    "handover.by_officer": "Chỉ cán bộ mới được phê duyệt.",
    "handover.two_officers": "Phải có hai cán bộ khác nhau phê duyệt, mỗi người một lần.",
    "handover.approved_already": "Dự thảo này đã có hai cán bộ phê duyệt.",
    "handover.not_approved": "Dự thảo này cần hai cán bộ phê duyệt.",
    "handover.scheduled_already": "Phần này đã được lên lịch.",
    "handover.cancelled": "Phần này đã bị hủy.",
    "handover.hour_passed": "Sau giờ hiệu lực chỉ có thể sửa đổi, không thể hủy.",
    "handover.not_effective": "Phần này chưa lên lịch hoặc chưa đến giờ hiệu lực.",
    "handover.transfer_once": "Việc bàn giao đã hoàn tất.",
    "handover.transfer_open": "Việc bàn giao chưa hoàn tất.",
    "handover.reconciled_once": "Phần này đã được đối soát.",
    "handover.counts_differ": "Số hồ sơ phải chuyển, số đã bàn giao và số báo cáo phải bằng nhau, mỗi hồ sơ "
    "một cơ quan giữ.",
    "handover.dossier_once": "Mỗi hồ sơ được bàn giao một lần theo mỗi phiên bản của phần.",
    "handover.placed_holder": "Quyết định phân nơi giữ phải nêu cơ quan giữ mới.",
    "handover.not_holder": "Chỉ cơ quan đang giữ hồ sơ mới xác nhận hoặc từ chối.",
    "handover.answered": "Cơ quan đã trả lời; tiếp theo là quyết định điều phối.",
    "handover.papers": "Bản giấy: đã xác nhận, thiếu hoặc không có (confirmed, missing, none).",
    "route.province": "Thủ tục thuộc cấp tỉnh sau giờ hiệu lực.",
    "route.abolished": "Thủ tục bị bãi bỏ; cấp tỉnh giải quyết nốt hồ sơ đã nộp.",
    "route.successor": "Toàn bộ địa bàn chuyển về xã này.",
    "route.own_place": "Địa bàn chính là xã tiếp nhận.",
    "route.split_default": "Địa bàn bị chia; đơn vị kế tục mặc định tạm giữ đến khi có quyết định.",
    "route.split_desk": "Địa bàn bị chia, không có mặc định; cấp tỉnh tạm giữ đến khi có quyết định.",
    "route.place_unknown": "Chưa rõ địa bàn; cấp tỉnh tạm giữ đến khi có quyết định.",
    "route.procedure_unknown": "Chưa có quy tắc cho thủ tục; cấp tỉnh tạm giữ đến khi có quyết định.",
    "route.receiver_unknown": "Chưa có cơ quan tiếp nhận cho địa bàn; cấp tỉnh tạm giữ đến khi có quyết "
    "định.",
    "hold.fact": "Một sự kiện đã ghi của hồ sơ xác định cơ quan giữ.",
    "hold.concluded": "Hồ sơ đã kết thúc trước giờ hiệu lực, cùng với cơ quan giữ khi đó.",
    "hold.restored": "Văn bản sửa đổi không còn kết thúc cơ quan đã giữ trước đó.",
}

_MODULES: tuple[ModuleType, ...] = (rules, record_rules, organisation_rules, handover_rules)


@cache
def known_rules() -> dict[str, Rule]:
    """Every rule of the domain by id."""
    return {v.id: v for module in _MODULES for v in vars(module).values() if isinstance(v, Rule)}
