"""What an operator may set. Every value comes from the environment; secrets have no default outside development."""

import json
import os
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

DEVELOPMENT_SECRET = "development-only-" * 2  # 34 characters; refused outside development


class Settings(BaseModel):
    # Secrets stand in the input, and what fails at the start goes to the log.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    stage: Literal["development", "staging", "production"] = "development"
    database_url: str = "sqlite:///.local/visits.db"

    # Signing and sealing. Keys are hexadecimal; the key id travels with every sealed value.
    session_key: str = DEVELOPMENT_SECRET
    sealing_keys: dict[str, str] = {"dev1": "000102030405060708090a0b0c0d0e0f"}
    sealing_key_id: str = "dev1"
    blind_index_key: str = DEVELOPMENT_SECRET

    # What the monitoring system shows to read /ops/v1/metrics.
    metrics_key: str = DEVELOPMENT_SECRET

    # WeChat mini-program.
    wechat_base_url: str = "https://api.weixin.qq.com"
    wechat_appid: str = "wxdemo0000000000"
    wechat_secret: str = DEVELOPMENT_SECRET
    wechat_template_visit: str = "tmpl-visit-result"

    # WeCom, with the officers' and the operations staff's application.
    wecom_base_url: str = "https://qyapi.weixin.qq.com/cgi-bin"
    wecom_corp_id: str = "wwdemo0000000000"
    wecom_secret: str = DEVELOPMENT_SECRET
    wecom_agent_id: int = 1000002
    wecom_authorize_url: str = "https://open.weixin.qq.com/connect/oauth2/authorize"
    # Where the officers' page stands; WeCom sends an officer back there after sign-in.
    officer_page_url: str = "http://127.0.0.1:8800/approve/page/"

    # Tencent Cloud API v3. An empty endpoint means the product's public host.
    tencent_secret_id: str = "AKIDdevelopment"
    tencent_secret_key: str = DEVELOPMENT_SECRET
    tencent_session_token: str = ""
    tencent_region: str = "ap-guangzhou"
    tencent_endpoint: str = ""
    tencent_protocol: Literal["https", "http"] = "https"

    # TRTC. The callback key is mandatory: without it a callback cannot be trusted.
    trtc_sdk_app_id: int = 1400000000
    trtc_secret_key: str = DEVELOPMENT_SECRET
    trtc_callback_key: str = "developmentcallbackkey0000000000"

    # Tencent IM: warnings in the room. Empty: not subscribed; pages then know from the polled state alone.
    im_base_url: str = ""
    im_administrator: str = "administrator"

    # SMS.
    sms_sdk_app_id: str = "1400000001"
    sms_sign_name: str = "远程视频会见"
    # 您{1}的远程视频会见：{2}。详情请打开小程序查看。
    sms_template_visit: str = "1000001"

    # COS through the S3 protocol. `path` addressing is for the local emulator alone.
    cos_endpoint: str = "https://cos.ap-guangzhou.myqcloud.com"
    cos_bucket: str = "visits-1250000000"
    cos_addressing: Literal["virtual", "path"] = "virtual"
    # A sub-account limited to the recordings' prefix: its key pair travels in TRTC's request body.
    trtc_cos_secret_id: str = "AKIDrecordings"
    trtc_cos_secret_key: str = DEVELOPMENT_SECRET

    # Faces. When the chosen engine is down: the other one, an officer's review, or "try later".
    face_engine: Literal["local", "tencent"] = "local"
    face_engine_fallback: Literal["other", "manual", "later"] = "manual"
    # The mini-program's E-certificate flow; empty: not offered.
    eid_merchant_id: str = ""
    # FaceID reads the card's own text; "off": nobody does, and the answers say so.
    card_reading: Literal["off", "faceid"] = "off"
    # Clips, pictures, templates and decisions of face checks are deleted after this.
    face_retention_days: int = 180

    @model_validator(mode="after")
    def refuse_development_secrets(self) -> "Settings":
        if self.stage == "development":
            return self
        left = [
            name
            for name, field in type(self).model_fields.items()
            if name.endswith(("_key", "_keys", "_secret")) and getattr(self, name) == field.default
        ]
        if left:
            raise ValueError(f"{self.stage} 环境还缺少这些设置：{'、'.join(left).upper()}")
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    return from_environment()


def from_environment() -> Settings:
    """Each setting's name in capitals. By hand: pydantic-settings takes as long to load as pydantic."""
    given = {
        name: os.environ[name.upper()]
        for name in Settings.model_fields
        if name.upper() in os.environ
    }
    read = {
        name: json.loads(text) if name == "sealing_keys" else text for name, text in given.items()
    }
    return Settings.model_validate(read)
