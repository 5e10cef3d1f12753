"""The emulated cloud: WeChat, WeCom, Tencent Cloud API v3 (FaceID, TRTC, SMS), TRTC's callbacks and COS, on loopback.

    cloud = Cloud(
        Path(".local/cloud"),                     # its state: cloud.db (SQLite) and cos/ (one file an object)
        settings=settings(),                      # secrets, ids and bucket that it checks requests against
        callback_url="http://127.0.0.1:PORT/…",   # where TRTC's signed callbacks go
        on_object_created=deliver,                # called with each COS event, or a URL that gets it by POST
    )
    serve cloud.app (WSGI) on loopback; it needs threads. cloud.cos_endpoint is known and listening already.
    cloud.start()                                 # once the receivers listen: answers COS, delivers what is queued
    cloud.stop()

Further arguments: `people` ({name, id_number, phone}, for three elements), `wecom_users` (None: every name exists),
`wechat_templates` (default: every `wechat_template*` of the settings), `risky_words`, `newest_token_only` (a newer
access token puts the older out of use), `robots_need_map_key`, `callback_retry_seconds`, `cos_retry_seconds`.

Settings for the code under test, with PORT where cloud.app is served:
    wechat_base_url=http://127.0.0.1:PORT         wecom_base_url=http://127.0.0.1:PORT/wecom/cgi-bin
    tencent_endpoint=127.0.0.1:PORT               tencent_protocol=http
    cos_endpoint=<cloud.cos_endpoint>             cos_addressing=path

What is acknowledged is committed: a SIGKILL at any moment loses no answer given, no COS object, no message and no
callback on its way. After a restart COS stands on the same port if that is free. moto keeps its objects in the
process, so one process runs one Cloud at a time.

Times (codes, tokens, UserSig, CallbackTs, frame names) follow shared.clock; TC3 and COS signatures follow the wall
clock, as the official SDKs do. Each POST takes JSON; see control.py for the `/local/…` endpoints, faults.py for how to
make calls fail, and calls.py for their names. `GET /local/sent.html` shows what was sent to whom.

Nothing here imports functions/ or shared/clients: an emulator checked by the code under test proves nothing.
"""

from .cloud import Cloud, make_app

__all__ = ["Cloud", "make_app"]
