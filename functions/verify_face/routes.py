"""HTTP routes of `verify_face`."""

from typing import Any

from functions.verify_face import schemas
from functions.verify_face.start_check import start_check
from functions.verify_face.submit_check import show_check, submit_check
from shared.http.access import actor, relatives
from shared.http.blueprint import Blueprint

api = Blueprint("verify_face", __name__, url_prefix="/verify-face/v1")

START = """流程：1. 本接口取得随机动作与上传地址；2. 录制并上传视频（或打开 E 证通插件）；3. 调用 submit 取得结果。

每次核验只对本人、本用途、本次会见有效，视频只能用一次：重复提交同一段视频、或提交为另一次核验录制的视频，都不会通过。
每个用途每天 6 次；最后一次仍未通过的，自动转民警人工核对。不愿或不便使用人脸核验的，可随时申请人工核验
（POST /booking/v1/manual-checks）。

能力边界：随机动作可以拦住打印照片和绝大多数预先录制的视频，但拦不住把画面直接注入摄像头数据的攻击，也拦不住
深度伪造（换脸、数字人）。因此结果只作核验依据之一，会见全程仍有画面核对与民警值守；正式环境建议选用腾讯云人脸核身。"""
SUBMIT = """视频上传完成后调用，通常 2 至 5 秒返回，最长约 60 秒；网络中断时可放心重试，同一次核验的结果不变。

处理时间过长会停止并返回 ask_again，原因 check_timed_out（请录制短一些的视频）。核验服务不可用时，按本所设置转民警人工核对
（review）或请稍后再试（could_not_check），绝不会自动通过。视频未上传、过大为 422，已过期为 409（check_over），
E 证通页面尚未完成为 409（eid_not_finished）。"""
SHOW = "查看一次核验的结果；转人工核对（review）期间可每 10 秒查询一次。"


@api.post("/checks", responses={201: schemas.Challenge}, summary="开始人脸核验", description=START)
@relatives
def post_check(body: schemas.StartCheck) -> Any:
    started = start_check(actor=actor(), **body.model_dump())
    return schemas.Challenge.of(started), 201


@api.post(
    "/checks/<check_id>/submit",
    responses={200: schemas.CheckAnswer},
    summary="提交核验",
    description=SUBMIT,
)
@relatives
def post_submit(path: schemas.CheckPath) -> Any:
    decided = submit_check(actor=actor(), check_id=path.check_id)
    return schemas.CheckAnswer.of(decided)


@api.get(
    "/checks/<check_id>",
    responses={200: schemas.CheckAnswer},
    summary="查看核验结果",
    description=SHOW,
)
@relatives
def get_check(path: schemas.CheckPath) -> Any:
    shown = show_check(actor=actor(), check_id=path.check_id)
    return schemas.CheckAnswer.of(shown)
