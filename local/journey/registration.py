"""Steps 1 to 6: a relative registers and proves who she is."""

from local import sample_clips
from local.journey.actors import check_face, sign_in_officer, sign_in_relative
from local.journey.world import World, codes, require
from local.sample_people import LIN, SON

PURPOSES = ("identity", "face", "phone", "recording")
CONSENT_VERSION = "2026-11"


def signs_in_with_wechat(world: World) -> str:
    world.known["lin_id"] = sign_in_relative(world, "lin", LIN.openid)
    used = world.post("/booking/v1/session", {"code": "false-code"}, expect=422)
    require("wechat_code_false" in codes(used), "a false code must be named")
    return "登录成功；伪造的登录凭证被拒绝"


def gives_consents(world: World) -> str:
    wanted = [{"purpose": one, "version": CONSENT_VERSION} for one in PURPOSES]
    state = world.post("/booking/v1/consents", {"consents": wanted}, who="lin")
    require(state["next_step"] == "identity", f"next step is {state['next_step']}")
    return "四项单独同意已记录"


def proves_identity(world: World) -> str:
    place = world.post(
        "/booking/v1/uploads", {"purpose": "id_photo", "content_type": "image/jpeg"}, who="lin"
    )
    world.upload(place, sample_clips.id_photo(sample_clips.astronaut()))
    identity = {"name": LIN.name, "id_number": LIN.id_number, "id_photo_key": place["key"]}
    wrong = {
        **identity,
        "id_number": LIN.id_number[:-1] + ("1" if LIN.id_number[-1] != "1" else "2"),
    }
    refused = world.call("PUT", "/booking/v1/identity", wrong, who="lin", expect=422)
    require("id_number_invalid" in codes(refused), "a wrong check digit must be named")
    state = world.call("PUT", "/booking/v1/identity", identity, who="lin")
    require(state["next_step"] == "phone", f"next step is {state['next_step']}")
    return "姓名、身份证号码、证件照片已登记；校验位错误被指出"


def checks_phone(world: World) -> str:
    issued = world.post("/local/wechat/phone_codes", {"openid": LIN.openid, "phone": LIN.phone})
    checked = world.post("/phone/v1/checks", {"phone_code": issued["code"]}, who="lin")
    require(checked["result"] == "match", f"phone check says {checked['result']}")
    return f"三要素一致，尾号 {checked['phone_tail']}"


def proves_her_face(world: World) -> str:
    other = check_face(world, "lin", sample_clips.grace_hopper(), "registration")
    require(other["status"] == "refused", f"another person's clip was {other['status']}")
    require(
        [one["code"] for one in other["reasons"]] == ["not_same_person"],
        f"reasons were {other['reasons']}",
    )
    same = check_face(world, "lin", sample_clips.astronaut(), "registration")
    require(same["status"] == "passed", f"her own clip was {same}")
    return "他人视频被拒绝（不是同一个人），本人视频通过"


def asks_for_the_relationship(world: World) -> str:
    wrong = {"resident_number": SON.number, "resident_name": "林大舟", "kinship": "儿子"}
    nobody = world.post("/booking/v1/relationships", wrong, who="lin", expect=201)
    asked = world.post(
        "/booking/v1/relationships", {**wrong, "resident_name": SON.name}, who="lin", expect=201
    )
    require(
        nobody.keys() == asked.keys() and nobody["status"] == asked["status"] == "pending",
        "a request that fits nobody must look like any other",
    )
    world.known["relationship_id"] = asked["id"]
    sign_in_officer(world, "wang.visit")
    queue = world.get("/approve/v1/queue", who="wang.visit")["items"]
    waiting = [one["id"] for one in queue]
    require(asked["id"] in waiting, "the request is not in the queue")
    require(nobody["id"] not in waiting, "a request that fits nobody is no officer's work")
    world.post(f"/approve/v1/relationships/{asked['id']}/approve", who="wang.visit")
    world.wait_for_message("wechat", LIN.openid, "亲属关系已确认")
    return "姓名不符的申请不透露有无此人；真实申请由王警官审核通过，家属收到微信通知"
