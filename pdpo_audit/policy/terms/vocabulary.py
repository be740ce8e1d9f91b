"""The words that facts may take, each in both languages: levels, relations, flags, record classes and the like."""

from __future__ import annotations

from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.policy.terms.wording import Gloss

LEVELS = {
    "P0": Gloss(en="no face detected (P0)", zh="沒有偵測到面容（P0）"),
    "P1": Gloss(en="people visible, identification not indicated (P1)", zh="可見人物，未顯示身分（P1）"),
    "P2": Gloss(en="recognisable person (P2)", zh="可辨認人士（P2）"),
    "P3": Gloss(en="person named by associated data (P3)", zh="由相關資料指名的人士（P3）"),
}

#: Other spellings a rule may use for a level, so that it reads aloud.
LEVEL_WORDS = {
    "no face detected": "P0",
    "people visible": "P1",
    "recognisable person": "P2",
    "person named by associated data": "P3",
}

RELATIONS = {
    "master": Gloss(en="the master", zh="主檔案"),
    "byte-identical": Gloss(en="byte-identical", zh="位元組相同"),
    "metadata-only": Gloss(en="different in metadata only", zh="只有元資料不同"),
    "pixel-identical": Gloss(en="pixel-identical", zh="像素相同"),
    "recompressed": Gloss(en="recompressed", zh="重新壓縮"),
    "resized": Gloss(en="resized", zh="改變尺寸"),
    "recoloured": Gloss(en="recoloured", zh="改變色調"),
    "cropped": Gloss(en="cropped", zh="裁切"),
    "mirrored": Gloss(en="mirrored", zh="鏡像"),
    "rotated": Gloss(en="rotated", zh="旋轉"),
    "edited": Gloss(en="edited", zh="修改"),
}

FLAGS = {
    "child": Gloss(en="a child", zh="兒童"),
    "identity_document": Gloss(en="an identity document", zh="身分證明文件"),
    "medical": Gloss(en="a medical image", zh="醫療影像"),
    "incident": Gloss(en="an incident", zh="事故"),
    "biometric": Gloss(en="biometric data", zh="生物辨識資料"),
    STOP_RULE: Gloss(en="a suspected intimate image or image of child abuse", zh="懷疑屬私密影像或兒童受虐待的影像"),
}

#: Kinds of identity number that the text pass tells by their check digits.
NUMBERS = {
    "hkid": Gloss(en="a Hong Kong identity card number", zh="香港身分證號碼"),
    "mainland_id": Gloss(en="a number of the Mainland's resident identity card", zh="內地居民身分證號碼"),
    "passport": Gloss(en="the machine-readable zone of a passport", zh="護照的機讀區"),
    "travel_card": Gloss(en="the machine-readable zone of a travel card or permit", zh="旅行證件卡或通行證的機讀區"),
}

#: Topics that words in pictures hint at: asked about, never a fact.
TOPICS = {
    "machine_readable_zone": Gloss(en="machine-readable zones", zh="機讀區"),
    "payslip": Gloss(en="payslips", zh="糧單"),
    "medical": Gloss(en="medical papers", zh="醫療文件"),
    "cv": Gloss(en="curricula vitae", zh="履歷"),
    "cheque": Gloss(en="cheques", zh="支票"),
    "application_form": Gloss(en="application forms", zh="申請表"),
}

#: What metadata state of a picture, as far as copies can contradict each other in it.
STATEMENTS = {
    "captured_at": Gloss(en="the capture date", zh="拍攝日期"),
    "caption": Gloss(en="the caption", zh="說明"),
    "artist": Gloss(en="the author", zh="作者"),
    "credit": Gloss(en="the credit", zh="鳴謝"),
    "rights": Gloss(en="the copyright notice", zh="版權聲明"),
    "usage_terms": Gloss(en="the usage terms", zh="使用條款"),
    "model_release": Gloss(en="the model release", zh="肖像使用同意書"),
    "property_release": Gloss(en="the property release", zh="物業授權書"),
    "minor_age": Gloss(en="the stated age", zh="所聲明的年齡"),
    "licence_ends_on": Gloss(en="the end of the licence", zh="特許屆滿日"),
}

#: What most likely brought a copy back that was erased (``model.disposition.returns.LikelyCause``).
RETURNS = {
    "restored": Gloss(en="a backup that was restored", zh="還原備份"),
    "synced": Gloss(en="a sync client or a copy within the source", zh="同步程式或來源內的複製"),
    "made_again": Gloss(en="an export or conversion of the same picture", zh="匯出或轉換同一影像"),
    "uploaded": Gloss(en="a new upload", zh="重新上載"),
}

RECORD_CLASSES = {
    "campaign_portrait": Gloss(en="campaign portrait", zh="宣傳活動人像"),
    "event_photo": Gloss(en="event photograph", zh="活動照片"),
    "stock_image": Gloss(en="stock image", zh="圖庫影像"),
    "applicant_photo": Gloss(en="job applicant's photograph", zh="求職者照片"),
    "employee_photo": Gloss(en="employee's photograph", zh="僱員照片"),
    "staff_profile": Gloss(en="published staff profile picture", zh="對外公布的員工照片"),
    "cctv_recording": Gloss(en="routine CCTV export", zh="例行匯出的錄影片段"),
    "cctv_incident": Gloss(en="CCTV screenshot of an incident", zh="閉路電視事故截圖"),
    "identity_document": Gloss(en="copy of an identity document", zh="身分證明文件副本"),
    "kyc_record": Gloss(en="customer due diligence record", zh="客戶盡職審查紀錄"),
    "property_listing": Gloss(en="property listing photograph", zh="物業放盤照片"),
    "school_photo": Gloss(en="school or children's activity photograph", zh="學校或兒童活動照片"),
    "business_record": Gloss(en="business record", zh="業務紀錄"),
    "government_record": Gloss(en="government record", zh="政府檔案"),
    "heritage_record": Gloss(en="archival record", zh="歷史檔案"),
    "news_archive": Gloss(en="news photograph", zh="新聞照片"),
    "staff_badge": Gloss(en="staff card or badge photograph", zh="員工證照片"),
    "visitor_record": Gloss(en="visitor's photograph or identity record", zh="訪客照片或身分紀錄"),
    "clinical_image": Gloss(en="clinical image", zh="臨床影像"),
    "biometric_enrolment": Gloss(en="biometric enrolment picture or template", zh="生物辨識資料登記影像或模板"),
    "mobile_camera_recording": Gloss(
        en="recording of a body-worn, vehicle or drone camera", zh="隨身、車廂或無人機攝錄機的錄影"
    ),
    "site_photo": Gloss(en="site photograph", zh="場地照片"),
    "training_set": Gloss(en="training or test set of an AI system", zh="人工智能系統的訓練或測試數據集"),
    "competition_entry": Gloss(en="competition entry", zh="比賽參賽作品"),
    "marketing_picture": Gloss(en="direct marketing picture", zh="直接促銷資料"),
    "product_image": Gloss(en="product image", zh="產品影像"),
}

TRANSFER_BASES = {
    "gba_standard_contract": Gloss(
        en="the Standard Contract for the Cross-boundary Flow of Personal Information Within the "
        "Guangdong-Hong Kong-Macao Greater Bay Area (Mainland, Hong Kong)",
        zh="《粵港澳大灣區（內地、香港）個人信息跨境流動標準合同》",
    ),
    "recommended_model_clauses": Gloss(en="the Recommended Model Contractual Clauses", zh="《建議合約條文範本》"),
    "consent": Gloss(en="written consent of the data subject", zh="資料當事人的書面同意"),
    "contract": Gloss(en="another contract", zh="其他合約"),
    "own_server": Gloss(en="the data user's own system, for the same purpose", zh="資料使用者自己的系統，用於同一目的"),
}

RELEASES = {
    "unlimited": Gloss(en="an unlimited model release", zh="不限用途的肖像使用同意書"),
    "limited": Gloss(en="a limited model release", zh="有限制的肖像使用同意書"),
    "none": Gloss(en="no model release", zh="沒有肖像使用同意書"),
}

IDENTIFIERS = {
    "caption": Gloss(en="a caption that names somebody", zh="載有姓名的說明"),
    "place_name": Gloss(en="a folder or file name that names somebody", zh="載有姓名的資料夾或檔案名稱"),
    "release": Gloss(en="a model release or the model's age", zh="肖像使用同意書或模特兒年齡的記錄"),
    "identity_card_number": Gloss(en="an identity card number", zh="身分證號碼"),
    "number_plate": Gloss(en="a number plate", zh="車輛登記號碼"),
    "staff_number": Gloss(en="a staff number", zh="員工編號"),
    "clinical_detail": Gloss(en="a clinical detail tied to a patient record", zh="與病人紀錄相連的臨床細節"),
    "other": Gloss(en="something else that tells who it is", zh="可識辨身分的其他資料"),
}

DETERMINATIONS = {
    "personal_data": Gloss(en="personal data", zh="個人資料"),
    "not_personal_data": Gloss(en="not personal data", zh="並非個人資料"),
    "undetermined": Gloss(en="not determined", zh="未有判定"),
}

REASONS = {
    "not_collected_eastweek": Gloss(en="nobody's data are collected (Eastweek)", zh="沒有收集任何人的資料（東周刊案）"),
    "identity_not_practicable": Gloss(en="nobody can practicably be identified", zh="切實可行的情況下不能識辨任何人"),
    "identified_by_context": Gloss(en="somebody is identified by the context", zh="可從相關情況識辨有關人士"),
    "deceased": Gloss(en="the person is not living", zh="有關人士並非在世"),
    "domestic_s52": Gloss(en="domestic purposes (s.52)", zh="家居用途（第52條）"),
    "non_individual": Gloss(en="nobody real is shown", zh="所示並非真人"),
    "exempt_other": Gloss(en="another exemption", zh="其他豁免"),
    "other": Gloss(en="another reason", zh="其他理由"),
}

EXEMPTIONS = {
    "s.58": Gloss(en="s.58 (crime etc.)", zh="第58條（罪行等）"),
    "s.59": Gloss(en="s.59 (health)", zh="第59條（健康）"),
    "s.60B": Gloss(en="s.60B (legal proceedings etc.)", zh="第60B條（法律程序等）"),
    "s.61": Gloss(en="s.61 (news)", zh="第61條（新聞）"),
    "s.62": Gloss(en="s.62 (statistics and research)", zh="第62條（統計及研究）"),
    "s.63B": Gloss(en="s.63B (due diligence exercise)", zh="第63B條（盡職審查）"),
    "s.63C": Gloss(en="s.63C (emergency situations)", zh="第63C條（危急處境）"),
}

CONSENT_GIVERS = {
    "data_subject": Gloss(en="the person shown", zh="影像中人"),
    "parental_responsibility": Gloss(
        en="a person with parental responsibility", zh="對該未成年人負有作為父母親的責任的人"
    ),
    "other": Gloss(en="somebody else", zh="其他人"),
}

ORIGINS = {
    "own": Gloss(en="taken by or for the organisation", zh="由機構或為機構拍攝"),
    "supplied_by_person": Gloss(en="supplied by the person shown", zh="由影像中人提供"),
    "social_media": Gloss(en="taken from social media", zh="取自社交媒體"),
    "licensed": Gloss(en="licensed", zh="獲特許使用"),
    "other": Gloss(en="from elsewhere", zh="來自其他地方"),
}

INCIDENTS = {
    "personal_injury": Gloss(en="personal injury", zh="人身傷害"),
    "employees_compensation": Gloss(en="employees' compensation", zh="僱員補償"),
    "other": Gloss(en="another incident", zh="其他事故"),
}

CONSENT_KINDS = {
    "release_for_value": Gloss(en="a release for value, part of a contract", zh="有代價的同意書，屬合約的一部分"),
    "prescribed": Gloss(en="prescribed consent", zh="訂明同意"),
}

NEEDS = {
    "claim": Gloss(en="a claim", zh="申索"),
    "tax": Gloss(en="tax", zh="稅務"),
    "client_delivery": Gloss(en="delivery to the client", zh="向客戶交付"),
}

PROPERTIES = {
    "residential": Gloss(en="residential property", zh="住宅物業"),
    "other": Gloss(en="other property", zh="其他物業"),
}
