"""faceid 2018-03-01: three elements, liveness, E-certificate (cloud-facts 2)."""

import json
import random
import secrets
from typing import TYPE_CHECKING, Any

from . import faceid_media, moment
from .fields import Action, Wrong, may, must

if TYPE_CHECKING:
    from .cloud import Cloud

EID_TOKEN_SECONDS = 600
PASSED = {"Result": "Success", "Description": "成功", "Sim": 88.5}
SAID = {
    "0": "认证通过",
    "-4": "三要素信息不一致",
    "-6": "手机号码不合法",
    "-7": "身份证号码有误",
    "-8": "姓名校验不通过",
    "-9": "没有记录",
}
Given = dict[str, Any]


class FaceId:
    def __init__(self, cloud: "Cloud") -> None:
        self._store = cloud.store
        encryption = {name: may(str) for name in ("CiphertextBlob", "Iv")}
        phone = {name: must(str) for name in ("IdCard", "Name", "Phone")}
        media = ("ImageBase64", "ImageUrl", "ValidateData", "Optional", "VideoBase64", "VideoUrl")
        eid = {name: may(str) for name in ("IdCard", "Name", "Extra", "RedirectUrl")}
        result = {name: may(str) for name in ("InfoType",)}
        flags = ("IsCutIdCardImage", "IsNeedIdCardAvatar")
        self.actions = {
            "PhoneVerification": Action(
                {**phone, "VerifyMode": may(str), "EncryptList": may(list), **encryption},
                self.phone,
            ),
            "LivenessCompare": Action(
                {"LivenessType": must(str), **{name: may(str) for name in media}}, self.liveness
            ),
            "IdCardOCRVerification": Action(
                {
                    name: may(str)
                    for name in ("IdCard", "Name", "ImageBase64", "ImageUrl", "Config")
                },
                self.card,
            ),
            "GetActionSequence": Action({"ActionType": may(str)}, self.actions_to_do),
            "GetEidToken": Action(
                {"MerchantId": must(str), **eid, "Config": may(dict), "Encryption": may(dict)},
                self.eid_token,
            ),
            "GetEidResult": Action(
                {
                    "EidToken": must(str),
                    "BestFramesCount": may(int),
                    **result,
                    **{name: may(bool) for name in flags},
                },
                self.eid_result,
            ),
        }

    def add_person(self, name: str, id_number: str, phone: str) -> None:
        """The authority's and the operators' registry, for the three-element check."""
        with self._store.transaction():
            self._store.put("registered", id_number, {"name": name})
            self._store.put("subscriber", phone, {"id_number": id_number})

    def phone(self, given: Given) -> Given:
        if given.get("VerifyMode", "0") not in ("0", "1"):
            raise Wrong("InvalidParameter", "VerifyMode must be 0 or 1")
        result, detail = self._compared(given["Name"], given["IdCard"], given["Phone"])
        answer = {"Result": result, "Description": SAID[result], "Isp": "移动"}
        if given.get("VerifyMode") == "1" and result == "-4":
            answer["ResultDetail"] = detail
        return answer

    def _compared(self, name: str, id_number: str, phone: str) -> tuple[str, str]:
        if len(phone) != 11 or not phone.isdigit():
            return "-6", ""
        if len(id_number) != 18:
            return "-7", ""
        if not name.strip():
            return "-8", ""
        holder = self._store.get("subscriber", phone)
        if holder is None:
            return "-9", ""
        right_id = holder["id_number"] == id_number
        owner = self._store.get("registered", holder["id_number"]) or {}
        if right_id and owner.get("name") == name:
            return "0", ""
        return "-4", self._difference(right_id, owner.get("name") == name, name, id_number)

    def _difference(self, right_id: bool, right_name: bool, name: str, id_number: str) -> str:
        if right_id:
            return "PhoneNameMismatch"
        if right_name:
            return "PhoneIdCardMismatch"
        registered = self._store.get("registered", id_number)
        same_person = registered is not None and registered["name"] == name
        return "PhoneNameIdCardMismatch" if same_person else "NameIdCardMismatch"

    def script_liveness(self, result: Given) -> None:
        """What LivenessCompare answers from now on; an empty order means that it passes."""
        self._store.put("liveness", "next", result)

    def liveness(self, given: Given) -> Given:
        if given["LivenessType"] not in ("LIP", "ACTION", "SILENT"):
            raise Wrong("InvalidParameterValue", "LivenessType must be LIP, ACTION or SILENT")
        faceid_media.media(given, "Image")
        clip = faceid_media.media(given, "Video")
        scripted = self._store.get("liveness", "next") or {}
        found = {**PASSED, **faceid_media.problem_of(clip), **scripted}
        if found["Result"] != "Success":
            return {"BestFrameBase64": None, "BestFrameList": None, "Description": "", **found}
        count = int(json.loads(given.get("Optional") or "{}").get("BestFrameNum", 0))
        frames = faceid_media.best_frames(clip, max(1, count))
        listed = frames if count else None
        return {"BestFrameBase64": frames[0], "BestFrameList": listed, **found}

    def actions_to_do(self, _given: Given) -> Given:
        return {"ActionSequence": random.choice(["1,2", "2,1"])}

    def eid_token(self, given: Given) -> Given:
        token = secrets.token_hex(16).upper()
        self._store.put("eid", token, {"given": given, "at": moment.seconds(), "text": {}})
        return {"EidToken": token, "Url": f"https://eid.example.invalid/h5?token={token}"}

    def script_eid(self, token: str, text: Given, frames: list[str]) -> bool:
        """Fields of DetectInfoText to answer with, such as ErrCode, and base64 pictures. False for an unknown
        token."""
        with self._store.transaction():
            known = self._store.get("eid", token)
            if known is not None:
                self._store.put("eid", token, {**known, "text": text, "frames": frames})
            return known is not None

    def eid_result(self, given: Given) -> Given:
        known = self._store.get("eid", given["EidToken"])
        if known is None:
            raise Wrong("InvalidParameterValue.BizTokenIllegal", "unknown EidToken")
        asked = known["given"]
        plain = {"ErrCode": 0, "ErrMsg": "成功", "LiveStatus": 0, "LiveMsg": "成功"}
        compared = {"Comparestatus": 0, "Comparemsg": "成功", "Sim": "88.50"}
        text = {**plain, **compared, "Extra": asked.get("Extra", ""), **known["text"]}
        info = {
            "EidCode": f"EID{given['EidToken'][:20]}",
            "EidSign": "",
            "DesKey": "",
            "UserInfo": "",
        }
        passed = text["ErrCode"] == 0
        asks_frames = set(given.get("InfoType", "0")) & {"0", "3"}
        frames = known.get("frames") or [None]
        best = {"BestFrame": frames[0], "BestFrames": frames[1:]} if asks_frames else None
        return {"Text": text, "EidInfo": info if passed else None, "BestFrame": best}

    def script_card(self, card: Given) -> None:
        """What stands on the next cards, as IdCardOCRVerification answers it."""
        self._store.put("card", "next", card)

    def card(self, given: Given) -> Given:
        faceid_media.media(given, "Image")
        scripted = self._store.get("card", "next")
        if scripted is None:
            raise Wrong("FailedOperation.OcrFailed", "no card was written for the emulator")
        return {"Result": "0", "Description": "一致", "Warnings": "", **scripted}
