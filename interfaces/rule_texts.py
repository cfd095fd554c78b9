"""The rules of dossiers and of what is registered in Vietnamese, by their ids; the English is the rule's own
sentence. Those of people's powers and of handovers stand in `interfaces.handover_rule_texts`, those of papers
in `interfaces.paper_rule_texts`, those of results and linked groups in `interfaces.linked_rule_texts`, those
of the log's name and keys in `interfaces.log_rule_texts`, those of erasure and retention in
`interfaces.erasure_rule_texts`. Terms are those of docs/glossary.md. A test holds
that no rule is missing and none is here that is gone."""

from __future__ import annotations

from interfaces.erasure_rule_texts import OF_ERASURE
from interfaces.handover_rule_texts import OF_HANDOVERS
from interfaces.linked_rule_texts import OF_LINKED
from interfaces.log_rule_texts import OF_LOG
from interfaces.paper_rule_texts import OF_PAPERS

ELSEWHERE = OF_HANDOVERS | OF_PAPERS | OF_LINKED | OF_LOG | OF_ERASURE

VIETNAMESE = ELSEWHERE | {
    "dossier.begins_once": "Một hồ sơ chỉ được khởi tạo một lần.",
    "dossier.begun": "Không thể thao tác trên hồ sơ không tồn tại.",
    "dossier.quarantined": "Hồ sơ đang bị cách ly vì mã số đã thuộc về hồ sơ khác; không ai được thao tác.",
    "dossier.status.unknown_imported": "Hồ sơ nhập từ hệ thống cũ chưa rõ trạng thái chỉ có thể được tiếp "
    "nhận, rút hoặc đính chính.",
    "dossier.status.official": "Trạng thái phải là một trong mười trạng thái chính thức, từ 1 đến 10.",
    "dossier.status.final": "Không được tiếp nhận, đã rút và đã trả kết quả là các trạng thái cuối cùng.",
    "dossier.time.not_before_filing": "Không việc nào được thực hiện, không khoản nào được nộp trước khi hồ "
    "sơ được nộp.",
    "dossier.code.not_ours": "Mã số bắt đầu bằng mã định danh của cơ quan trong sổ cái này chỉ do sổ cái "
    "cấp.",
    "dossier.submit.procedure_abolished": "Không nhận hồ sơ mới theo thủ tục đã bị bãi bỏ.",
    "dossier.submit.keyed_by_oneself": "Hồ sơ do người nộp tự nộp bằng tài khoản của mình thì người nhập là "
    "chính người nộp hoặc ki-ốt.",
    "dossier.submit.paper_reason": "Từ 01/7/2025 hồ sơ được lập dưới dạng điện tử: nộp giấy thì phải ghi rõ "
    "lý do. Hồ sơ thiếu lý do vẫn được tiếp nhận, và quy định này được ghi lại.",
    "dossier.open.level": "Cơ quan chỉ tự khởi tạo hồ sơ như dịch vụ công chủ động mức độ 1 đến 4, có từ "
    "01/7/2026.",
    "dossier.officer.posted_at_holder": "Hồ sơ chỉ được giao cho cán bộ có vị trí công tác tại cơ quan đang "
    "giữ hồ sơ.",
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
    "dossier.request_supplement.trips": "Chỉ yêu cầu bổ sung tối đa hai lần, hoặc một lần nếu thủ tục quy "
    "định, trừ khi người nộp không làm theo hướng dẫn; khi đó phải ghi rõ điểm không làm theo.",
    "dossier.submit_supplement.new_submission": "Thủ tục này không nhận giấy tờ bổ sung: hồ sơ bị từ chối "
    "hoặc đóng và người nộp nộp lại từ đầu.",
    "dossier.request_supplement.until_of_procedure": "Thủ tục đã quy định thời hạn bổ sung thì thời hạn đó "
    "được áp dụng.",
    "dossier.clock.runs": "Chỉ dừng được thời hạn đang tính.",
    "dossier.clock.stands": "Chỉ tính tiếp thời hạn đang tạm dừng.",
    "dossier.until.ahead": "Thời hạn đặt ra phải sau thời điểm đặt.",
    "dossier.request_payment.only_in_processing": "Chỉ yêu cầu nghĩa vụ tài chính khi hồ sơ đang xử lý.",
    "dossier.payment.new_obligation": "Mỗi nghĩa vụ tài chính chỉ được yêu cầu một lần và phải lớn hơn 0 "
    "đồng.",
    "dossier.payment.as_listed": "Thủ tục đã quy định phí, lệ phí thì chỉ thu đúng mức đó, theo trường hợp, "
    "hình thức nộp, tỉnh và ngày.",
    "dossier.charge.not_concluded": "Hồ sơ đã kết thúc thì không thu thêm khoản nào.",
    "dossier.stop.payment_deadline_passed": "Khi đang chờ nộp tiền, chỉ dừng xử lý sau khi hết hạn nộp.",
    "accept.limit_decided": "Thời hạn được công bố còn điểm nghi vấn: chưa tính thời hạn cho đến khi có "
    "người quyết định thời hạn đúng.",
    "procedure.decide.doubtful": "Chỉ quyết định thời hạn còn nghi vấn, của một dòng trong phiên bản thủ tục "
    "hoặc của hình thức mà danh mục không nêu (ki-ốt tính theo trực tuyến); thời hạn khác thì phải công bố "
    "phiên bản mới.",
    "procedure.decide.basis": "Người quyết định thời hạn phải nêu căn cứ.",
    "procedure.decide.news": "Thời hạn này đã được quyết định đúng như vậy.",
    "procedure.tag.days": "Thủ tục thuộc một chương trình từ một ngày đến chính ngày đó hoặc ngày sau.",
    "procedure.fee.one_at_a_time": "Hai mức phí cho cùng hình thức, trường hợp và tỉnh không được cùng có "
    "hiệu lực trong một ngày.",
    "dossier.confirm_payment.only_requested": "Chỉ xác nhận thanh toán khi đã có yêu cầu nghĩa vụ tài chính.",
    "dossier.payment.only_open_obligation": "Chỉ xác nhận được nghĩa vụ của chính hồ sơ này và chưa nộp.",
    "dossier.payment.amount_as_requested": "Số tiền xác nhận phải đúng bằng số tiền đã yêu cầu.",
    "dossier.payment.already_confirmed": "Khoản thanh toán này đã được xác nhận.",
    "dossier.consult.only_in_processing": "Chỉ lấy ý kiến cơ quan khác khi hồ sơ đang xử lý.",
    "dossier.answer_consultation.only_handled": "Chỉ ghi nhận ý kiến trả lời khi hồ sơ đang được giải quyết.",
    "dossier.answer_consultation.open": "Chỉ ghi nhận trả lời cho một lần lấy ý kiến chưa có trả lời.",
    "dossier.begin_inspection.only_in_processing": "Chỉ bắt đầu kiểm tra thực địa khi hồ sơ đang xử lý, mỗi "
    "lúc một cuộc.",
    "dossier.end_inspection.only_begun": "Chỉ kết thúc cuộc kiểm tra thực địa đã bắt đầu, khi hồ sơ đang "
    "được giải quyết.",
    "dossier.resume.only_waiting": "Chỉ tiếp tục xử lý hồ sơ đang chờ bổ sung hoặc chờ nghĩa vụ tài chính.",
    "dossier.record_lookup.not_concluded": "Chỉ ghi nhận tra cứu dữ liệu khi hồ sơ đang được giải quyết.",
    "dossier.confirm_draft.only_at_work": "Chỉ xác nhận bản nháp sau khi tiếp nhận hoặc khi đang xử lý.",
    "dossier.extend.only_running": "Chỉ gia hạn hồ sơ đã tiếp nhận và chưa kết thúc.",
    "dossier.extend.has_due_date": "Hồ sơ không có ngày hẹn trả thì không có gì để gia hạn.",
    "dossier.extend.at_most_once": "Chỉ được hẹn lại ngày trả kết quả nhiều nhất một lần.",
    "dossier.extend.one_day_before": "Phải đề nghị gia hạn chậm nhất một ngày trước ngày hẹn trả.",
    "dossier.extend.later": "Ngày hẹn mới phải sau ngày hẹn cũ.",
    "dossier.apologise.expected_ahead": "Có thể gửi phiếu xin lỗi bất cứ lúc nào, kể cả khi hồ sơ đã kết "
    "thúc; ngày hẹn mới trong phiếu phải ở phía trước.",
    "dossier.stop.only_in_processing": "Chỉ dừng xử lý hồ sơ đang xử lý hoặc hồ sơ không được bổ sung.",
    "dossier.stop.supplement_deadline_passed": "Khi đang chờ bổ sung, chỉ dừng xử lý sau khi hết hạn bổ "
    "sung và sau khi đã tiếp nhận.",
    "dossier.stop.as_procedure_says": "Khi thủ tục quy định từ chối giải quyết nếu không bổ sung hồ sơ thì "
    "không dừng xử lý vì lý do đó: người nộp phải nhận được kết quả.",
    "dossier.time_passed.only_then": "Chỉ xử lý hậu quả hết hạn khi đã ấn định thời hạn và thời hạn "
    "đó đã qua.",
    "dossier.time_passed.procedure_says": "Sau khi tiếp nhận, thủ tục quy định xử lý thế nào khi không bổ "
    "sung hoặc không nộp tiền; thủ tục không quy định thì cán bộ quyết định.",
    "dossier.first_notice.in_time": "Người nộp trực tuyến được thông báo tiếp nhận hoặc yêu cầu bổ "
    "sung trong 8 giờ làm việc; nộp giấy hoặc qua bưu chính trong 1 ngày làm việc.",
    "dossier.finish.dated_back": "Kết quả được ghi nhận khi đã có. Kết quả ghi nhận sau ngày hẹn mà đề ngày "
    "trước đó vẫn được nhận và được ghi lại theo quy tắc này.",
    "dossier.forward.same_day": "Hồ sơ được chuyển ngay trong ngày làm việc; nhận sau 15 giờ thì chuyển vào "
    "đầu ngày làm việc tiếp theo.",
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
    "value.code_form": "Giá trị lưu công khai phải là mã theo đúng mẫu, không phải lời văn (lời văn có thể "
    "chứa tên người).",
    "procedure.lists": "Trường hợp, giấy tờ hoặc kết quả không có trong phiên bản thủ tục này.",
    "dossier.code.acceptable": "Mã số hồ sơ gồm 1 đến 64 ký tự in được, không có khoảng trắng.",
    "dossier.code.issuable": "Mã số được cấp cần mã định danh cơ quan (chữ A-Z, số, dấu chấm) và số từ 1 "
    "đến 9.999.999.",
    "dossier.import_step.only_imported": "Chỉ nhập các bước vào hồ sơ được nhập từ hệ thống cũ.",
    "dossier.import_step.in_order": "Các bước nhập phải theo thứ tự của nhật ký, mỗi bước một lần.",
    "dossier.import_step.status_before_acts": "Khi hồ sơ đã được xử lý tại đây, bước nhập không còn đặt "
    "trạng thái.",
    "dossier.imported.past_stands": "Điều hệ thống cũ đã báo cáo về quá trình xử lý thì không báo cáo "
    "khác đi về sau.",
    "dossier.export_compared.only_imported": "Chỉ đối chiếu bản trích xuất sau với hồ sơ đã được nhập từ hệ "
    "thống cũ.",
    "procedure.version.next": "Các phiên bản thủ tục được đánh số 1, 2, 3 và giữ nguyên mã thủ tục.",
    "procedure.version.day": "Phiên bản có nội dung khác không được có hiệu lực trước ngày của phiên bản "
    "liền trước.",
    "procedure.limit.whole": "Thời hạn giải quyết là số nguyên lớn hơn 0 kèm đơn vị thời gian, hoặc không "
    "có.",
    "procedure.terms.whole": "Thời hạn mới sau khi bổ sung đi cùng cách tính của nó, và số lần yêu cầu tính "
    "từ một.",
    "procedure.fee.not_negative": "Phí, lệ phí từ 0 đồng, không quá mức tối đa và có hiệu lực ít nhất một "
    "ngày.",
    "procedure.promulgate.version_known": "Chỉ công bố phiên bản thủ tục đã có trong danh mục.",
    "procedure.promulgate.once": "Việc công bố một phiên bản thủ tục chỉ được ghi nhận một lần và không thay "
    "đổi.",
    "procedure.post.promulgated": "Chỉ công khai thủ tục đã được công bố, không sớm hơn ngày công bố.",
    "procedure.post.once": "Việc công khai một phiên bản thủ tục chỉ được ghi nhận một lần và không thay "
    "đổi.",
    "procedure.publication.past": "Việc công bố, công khai chỉ được ghi nhận khi đã thực hiện, không ghi "
    "trước.",
    "procedure.posted_before_receipt": "Thủ tục hành chính phải được công khai trước khi tiếp nhận hồ sơ.",
    "calendar.year.own_days": "Lịch của một năm chỉ gồm ngày của năm đó, không ngày nào vừa nghỉ vừa làm "
    "việc.",
    "deadline.amount": "Thời hạn từ 1 đến 10.000 đơn vị thời gian.",
    "hours.week": "Giờ làm việc của một tuần gồm bảy ngày, bắt đầu từ thứ hai, có ít nhất một buổi mở cửa; "
    "giờ đóng cửa phải sau giờ mở cửa và trước giờ mở cửa kế tiếp.",
    "outage.half_open": "Sự cố của một hệ thống phải kết thúc sau khi bắt đầu.",
    "hours.in_order": "Lịch giờ làm việc phải có giờ làm việc, và mỗi lần thay đổi phải có hiệu lực từ ngày "
    "sau các lần trước.",
    "deadline.hours_known": "Chỉ tính giờ làm việc khi đã biết giờ mở cửa của cơ quan.",
    "deadline.clock_in_order": "Thời hạn không thể dừng trước khi bắt đầu tính, và không thể tính tiếp trước "
    "khi dừng.",
    "citizen.identified_once": "Mỗi người nộp chỉ được định danh một lần.",
    "citizen.identified": "Người nộp chưa được định danh.",
    "citizen.own_subject": "Dữ liệu về một người phải được khóa bằng khóa của chính người đó.",
    "citizen.number.kind": "Số định danh phải kèm loại số; loại `none` thì không có số.",
    "citizen.personal_number": "Số định danh cá nhân gồm 12 chữ số.",
    "citizen.enterprise_code": "Mã số doanh nghiệp gồm 10 chữ số, hoặc 10 và 3 chữ số nối bằng dấu gạch.",
    "citizen.enterprise_code.check_digit": "Chữ số thứ mười của mã số doanh nghiệp được tính từ chín chữ số "
    "trước: có một chữ số bị gõ sai.",
    "citizen.identify.number_of_kind": "Cá nhân có số định danh cá nhân, tổ chức có mã số doanh nghiệp, hộ "
    "kinh doanh có một trong hai.",
    "citizen.identify.found_of_kind": "Số này là của một bản ghi thuộc loại khác: số bị gõ sai, hoặc bản ghi "
    "đó sai.",
    "mandate.give.by_law": "Người đại diện theo pháp luật đại diện cho tổ chức hoặc hộ kinh doanh; cá nhân "
    "thì có người giám hộ, hoặc ủy quyền cho người khác.",
    "mandate.give.to_another": "Việc đại diện được giao cho người khác, không giao cho chính mình.",
    "mandate.give.half_open": "Việc đại diện có hiệu lực ít nhất một ngày: ngày kết thúc phải sau ngày bắt "
    "đầu.",
    "mandate.give.at_most": "Một người có tối đa 500 việc đại diện chưa kết thúc: hãy kết thúc những việc "
    "không còn cần.",
    "mandate.end.known": "Chỉ kết thúc được việc đại diện đã giao.",
    "mandate.end.not_before_today": "Việc đại diện kết thúc từ hôm nay trở đi: những gì đã làm "
    "vẫn giữ nguyên.",
    "mandate.end.earlier": "Chỉ được kết thúc việc đại diện sớm hơn, không được kéo dài.",
    "mandate.file.from_owner": "Việc đại diện nêu trong hồ sơ phải do chính chủ hồ sơ giao cho người nộp.",
    "mandate.file.in_force": "Chỉ nộp hồ sơ khi việc đại diện đang có hiệu lực: hãy chờ đến ngày bắt đầu, "
    "hoặc đề nghị ghi nhận việc đại diện mới.",
    "mandate.file.covers": "Việc đại diện không bao gồm thủ tục này: chủ hồ sơ tự nộp, hoặc giao việc đại "
    "diện cho thủ tục này.",
    "mandate.act.over": "Việc đại diện mà theo đó hồ sơ được nộp đã hết hiệu lực: chủ hồ sơ tự làm và tự "
    "xem, hoặc giao việc đại diện mới.",
    "dossier.submit.level_of_account": "Mức độ tài khoản của người nộp do mã truy cập xác nhận, người nộp "
    "không tự khai.",
    "citizen.merge.another": "Không gộp một người vào chính người đó.",
    "citizen.merge.same_kind": "Chỉ gộp cá nhân với cá nhân, tổ chức với tổ chức, hộ kinh doanh với hộ kinh "
    "doanh.",
    "citizen.merge.once": "Bản ghi đã được gộp thì không gộp lần nữa: hãy tách ra trước.",
    "citizen.merge.no_circle": "Bản ghi đã gộp vào bản ghi khác thì không thể nhận lại bản ghi đó: hai bản "
    "ghi đã là một người.",
    "citizen.merge.numbers": "Hai số định danh khác nhau cùng loại là hai người khác nhau, trừ khi một số bị "
    "ghi sai.",
    "citizen.merge.two_numbers": "Gộp hai bản ghi có hai số khác nhau cùng loại được ghi lại để kiểm tra.",
    "citizen.merge.at_most": "Tối đa 50 bản ghi cho một người: ở đây có sai sót khác.",
    "citizen.separate.merged": "Chỉ tách được bản ghi đã gộp.",
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
    "agency.open": "Chỉ được bố trí cán bộ vào cơ quan đang hoạt động vào lúc đó.",
    "agency.empty": "Cơ quan còn giữ hồ sơ chưa giải quyết xong chỉ kết thúc bằng việc bàn giao, hoặc sau "
    "khi đã chuyển hết hồ sơ.",
    "agency.receives": "Cơ quan được một văn bản giao nhận, vào giờ sắp tới hoặc đang có hiệu lực, chỉ "
    "kết thúc bằng việc bàn giao.",
    "unit.without_agencies": "Đơn vị hành chính còn cơ quan đang hoạt động chỉ kết thúc bằng việc bàn giao, "
    "hoặc sau khi các cơ quan đã giải thể.",
    "officer.roles": "Vị trí phải có một hay nhiều vai trò: desk, handler, decider, operator, registrar, "
    "importer, auditor.",
    "officer.posting_once": "Một mã vị trí chỉ chỉ một vị trí.",
    "officer.posting_open": "Không có vị trí nào với mã này còn hiệu lực vào thời điểm đó.",
    "officer.suspension_order": "Đình chỉ và phục hồi phải theo thứ tự thời gian.",
    "voice.received_once": "Mỗi phản ánh, khiếu nại được tiếp nhận một lần.",
    "voice.known": "Chỉ chuyển, trả lời hoặc rút phản ánh, khiếu nại đã tiếp nhận.",
    "voice.open": "Phản ánh, khiếu nại đã trả lời hoặc đã rút thì không xử lý tiếp.",
    "voice.limit_whole": "Thời hạn trả lời phải đủ số, đơn vị và hạn sau lúc bắt đầu, hoặc để trống cả.",
    "voice.said_now": "Người dân tự gửi thì tính từ lúc gửi; chỉ nơi tiếp nhận ghi được ngày sớm hơn.",
    "voice.to_another_agency": "Chỉ chuyển sang cơ quan khác với cơ quan đang phải trả lời.",
    "voice.withdrawn_by_somebody": "Phản ánh, khiếu nại không nêu tên thì không ai rút được; phải trả lời.",
    "voice.withdrawn_with_a_reason": "Cán bộ rút phản ánh, khiếu nại thay người đã nêu thì phải ghi lý do.",
    "voice.limit_in_order": "Mỗi thời hạn dùng cho một loại, thay thời hạn trước từ một ngày muộn hơn.",
    "dossier.rate.only_ended": "Chỉ đánh giá hồ sơ đã kết thúc: từ chối, rút, dừng, xong hoặc đã trả.",
    "dossier.rate.two_one_nought": "Điểm đánh giá là 2, 1 hoặc 0.",
    "dossier.rate.by_a_party": "Chỉ chủ hồ sơ hoặc người nộp đánh giá hồ sơ.",
    "dossier.rate.once": "Mỗi người đánh giá một hồ sơ một lần.",
}
