// Made by tools/make_client.py from openapi.json and frame.ts: do not edit.
/** The families' client of 远程视频会见, for WeChat mini-programs: no dependency, `wx.request` underneath. */

export interface HttpRequest {
  url: string;
  method: "GET" | "POST" | "PUT";
  header: Record<string, string>;
  data?: string | ArrayBuffer;
}

export interface HttpAnswer {
  statusCode: number;
  data: unknown;
}

export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

interface WxOptions extends HttpRequest {
  dataType: string;
  success(answer: HttpAnswer): void;
  fail(error: { errMsg: string }): void;
}

declare const wx: { request(options: WxOptions): unknown };

export const wxTransport: Transport = (request) =>
  new Promise((resolve, reject) => {
    wx.request({
      ...request,
      dataType: "text", // or wx would read any text as JSON, and problems too
      success: resolve,
      fail: (error) => reject(new Error(error.errMsg)),
    });
  });

export interface Reason {
  code: Code;
  text: string;
  field?: string;
}

/** A refusal with all its reasons (RFC 9457). `details`: ways out, such as `other_slots`. */
export class VisitsProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: Code,
    readonly errors: Reason[],
    readonly requestId: string,
    readonly details: Record<string, unknown>,
  ) {
    super(errors.map((one) => one.text).join("\n"));
  }
}

type Sent = Record<string, string | number | boolean | null | undefined>;

export class Caller {
  /** Set by whoever signs in; a 401 means: sign in again. */
  token = "";

  constructor(
    private readonly base: string,
    private readonly transport: Transport = wxTransport,
  ) {}

  async call<T>(method: HttpRequest["method"], path: string, body: unknown, query: Sent, more: Sent): Promise<T> {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    const header: Record<string, string> = { "Content-Type": "application/json" };
    for (const [name, value] of Object.entries(more)) header[name] = String(value);
    if (this.token) header.Authorization = `Bearer ${this.token}`;
    const url = this.base + path + (pairs.length ? `?${pairs.join("&")}` : "");
    const data = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.transport({ url, method, header, ...(data === undefined ? {} : { data }) });
    const given = readJson(answer.data);
    if (answer.statusCode >= 400) throw problemOf(answer.statusCode, given);
    return given as T;
  }

  /** PUT a picture or clip to the place that the service gave out. */
  async upload(place: { url: string; content_type: string }, data: ArrayBuffer): Promise<void> {
    const header = { "Content-Type": place.content_type };
    const answer = await this.transport({ url: place.url, method: "PUT", header, data });
    if (answer.statusCode >= 300) throw problemOf(answer.statusCode, undefined);
  }
}

function readJson(data: unknown): unknown {
  if (typeof data !== "string") return data;
  try {
    return data === "" ? undefined : JSON.parse(data);
  } catch {
    return undefined;
  }
}

function problemOf(status: number, given: unknown): VisitsProblem {
  const { code, errors, request_id, ...details } = { ...(given as Record<string, unknown>) };
  const reasons = (errors as Reason[] | undefined) ?? [{ code: "internal", text: "网络异常，请稍后再试。" }];
  return new VisitsProblem(status, (code as Code) ?? "internal", reasons, String(request_id ?? ""), details);
}

/** What is set of `names`, for a query or for headers. */
function pick(more: object, names: string[]): Sent {
  const given = more as Sent;
  return Object.fromEntries(names.filter((one) => given[one] != null).map((one) => [one, given[one]]));
}


export interface AcceptOffer {
  /** 同行码 */
  companion_codes?: string[];
}

export interface AnswerMove {
  agree: boolean;
}

/** `code`: from wx.login, made for this request. Without `confirmed` the answer says what would follow. */
export interface AskErasure {
  /** 登录凭证 */
  code: string;
  confirmed?: boolean;
}

/** `code`: from wx.login, made for this request. */
export interface AskExport {
  /** 登录凭证 */
  code: string;
}

/** `owner_*`: all three for somebody else's number, none for an own one. `kinship`: the owner's to the resident. */
export interface AskFamilyPhone {
  /** 亲属关系 */
  relationship_id: string;
  /** 号码 */
  number: string;
  /** 与戒毒人员的关系 */
  kinship: string;
  /** 机主姓名 */
  owner_name?: string | null;
  /** 机主身份证号码 */
  owner_id_number?: string | null;
  /** 机主同意核验 */
  owner_consents?: boolean;
}

export interface AskManualCheck {
  purpose: ManualCheckPurpose;
  /** 亲属关系 */
  relationship_id: string;
  /** 会见 */
  visit_id?: string | null;
}

export interface AskRelationship {
  /** 戒毒人员编号 */
  resident_number: string;
  /** 戒毒人员姓名 */
  resident_name: string;
  /** 与戒毒人员的关系 */
  kinship: "父亲" | "母亲" | "配偶" | "儿子" | "女儿" | "兄弟" | "姐妹" | "祖父" | "祖母" | "外祖父" | "外祖母" | "孙子" | "孙女" | "其他监护人";
  /** 证明照片 */
  proof_keys?: string[];
}

export interface AskUpload {
  /** 用途 */
  purpose: "id_photo" | "proof";
  /** 文件类型 */
  content_type: "image/jpeg" | "image/png";
}

/** method 为 clip：请家属按 prompts 的顺序做动作，录制 3 至 20 秒的 mp4（不超过 8 MB），用 PUT 上传到 url （请求头 Content-Type 必须等于 content_type），再调用 submit。method 为 eid：用 eid_token 打开 E 证通插件， 完成后调用 submit。expires_at 之后须重新开始；tries_left 为今天还剩的次数。 */
export interface Challenge {
  id: string;
  method: "clip" | "eid";
  /** 动作 */
  actions: string[];
  prompts: string[];
  url?: string | null;
  /** 文件类型 */
  content_type?: string | null;
  eid_token?: string | null;
  expires_at: string;
  tries_left: number;
}

/** status：passed 通过；ask_again 请按 reasons 改进后重新开始；refused 未通过；review 已转民警人工核对，结果会以 订阅消息通知，也可轮询本接口；could_not_check 服务不可用，本次未作核验，不占次数；superseded 已作废； challenged、checking 尚未得出结果，可再次调用 submit。 card_text：证件文字识别。not_used 未启用（没有任何系统读取或猜测证件上的文字）；same 与填写一致；different 不一致； unread 未能识别。 */
export interface CheckAnswer {
  id: string;
  purpose: FaceCheckPurpose;
  status: FaceCheckStatus;
  reasons?: ReasonAnswer[];
  tries_left: number;
  card_text: "not_used" | "same" | "different" | "unread";
}

/** `phone_code` is what WeChat's getPhoneNumber button gives: single use, 5 minutes. */
export interface CheckPhone {
  /** 手机号授权 */
  phone_code: string;
}

export interface CompanionCode {
  /** 登录凭证 */
  code: string;
  expires_at: string;
}

export interface ConsentLine {
  purpose: ConsentPurpose;
  /** 版本 */
  version: string;
  given_at: string;
  withdrawn_at: string | null;
}

export type ConsentPurpose = "identity" | "face" | "phone" | "recording";

export type Device = "ok" | "denied" | "missing" | "failed";

export interface DeviceTest {
  camera: Device;
  microphone: Device;
  speaker: Device;
  delay_ms: number;
  loss_percent: number;
}

export interface DeviceTested {
  camera: Device;
  microphone: Device;
  speaker: Device;
  delay_ms: number;
  loss_percent: number;
  passed: boolean;
  advice: string[];
}

export interface Erased {
  erased_at: string;
  kept: KeptAnswer[];
}

/** Everything stored of one person. `not_included`: what stays out, and why. */
export interface Export {
  exported_at: string;
  profile: Profile;
  /** 同意的说明 */
  consents: ConsentLine[];
  relationships: RelationshipAnswer[];
  /** 会见记录 */
  visits: VisitLine[];
  face_checks: FaceCheckLine[];
  face_templates: number;
  phone_checks: PhoneCheckLine[];
  family_phones: FamilyPhoneLine[];
  manual_checks: ManualCheckLine[];
  waiting_list: WaitingLine[];
  pictures: PictureLine[];
  not_included: KeptAnswer[];
}

export interface FaceCheckLine {
  purpose: FaceCheckPurpose;
  status: FaceCheckStatus;
  created_at: string;
  decided_at: string | null;
  engine: string | null;
}

export type FaceCheckPurpose = "registration" | "visit" | "recovery";

export type FaceCheckStatus = "challenged" | "checking" | "passed" | "refused" | "ask_again" | "review" | "could_not_check" | "superseded";

export interface FamilyPhoneAnswer {
  id: string;
  /** 亲属关系 */
  relationship_id: string | null;
  number_tail: string;
  own: boolean;
  /** 与戒毒人员的关系 */
  kinship: string;
  status: FamilyPhoneStatus;
  check: PhoneCheckResult | null;
  /** 理由 */
  reason: string | null;
  hint: string;
  created_at: string;
  /** 变更时间 */
  changed_at: string;
}

export interface FamilyPhoneLine {
  /** 号码 */
  number: string;
  /** 与戒毒人员的关系 */
  kinship: string;
  /** 机主姓名 */
  owner_name: string | null;
  /** 机主身份证号码 */
  owner_id_number: string | null;
  status: FamilyPhoneStatus;
  created_at: string;
}

export type FamilyPhoneStatus = "pending" | "approved" | "rejected" | "blocked" | "removed";

export interface FamilyPhones {
  phones: FamilyPhoneAnswer[];
}

export interface FamilySession {
  token: string;
  relative_id: string;
  expires_in: number;
}

export interface GiveConsents {
  /** 同意的说明 */
  consents: GivenConsent[];
}

export interface GivenConsent {
  purpose: ConsentPurpose;
  /** 版本 */
  version: string;
}

export interface Identity {
  /** 姓名 */
  name: string;
  /** 身份证号码 */
  id_number: string;
  /** 证件照片 */
  id_photo_key: string;
}

export interface JoinWaitingList {
  /** 亲属关系 */
  relationship_id: string;
  /** 会见时段 */
  slot_id: string;
}

export interface KeptAnswer {
  what: string;
  why: string;
}

export interface ManualCheckAnswer {
  id: string;
  purpose: ManualCheckPurpose;
  status: ManualCheckStatus;
  /** 理由 */
  reason: string | null;
}

export interface ManualCheckLine {
  purpose: ManualCheckPurpose;
  status: ManualCheckStatus;
  /** 理由 */
  reason: string | null;
  asked_at: string;
}

export type ManualCheckPurpose = "face" | "phone" | "visit";

export type ManualCheckStatus = "pending" | "approved" | "rejected";

/** An officer asks whether the visit may be moved; whoever booked answers until `answer_until`. */
export interface MoveAsked {
  id: string;
  from_starts_at: string;
  to_starts_at: string;
  to_ends_at: string;
  /** 理由 */
  reason: string;
  answer_until: string;
  yours_to_answer: boolean;
}

export interface OtherSlot {
  id: string;
  /** 开始时间 */
  starts_at: string;
  places_left: number;
}

export type PhoneCheckJobStatus = "waiting" | "done" | "given_up" | "dropped";

export interface PhoneCheckLine {
  /** 核验时间 */
  checked_at: string;
  result: PhoneCheckResult;
}

export type PhoneCheckResult = "match" | "mismatch" | "not_checked";

/** `waiting`: the provider could not say; it is asked again at `next_try_at` without anybody's doing. */
export interface PhoneChecked {
  id: string;
  state: PhoneCheckJobStatus;
  result: PhoneCheckResult | null;
  phone_tail: string;
  /** 理由 */
  reason: string | null;
  asked_at: string;
  next_try_at: string | null;
}

export interface PhoneChecks {
  checks: PhoneChecked[];
}

/** `url` works for some minutes, for whoever has it. */
export interface PictureLine {
  what: string;
  url: string;
  expires_in: number;
}

export interface Problem {
  id: string;
  kind: TicketKind;
  severity: Severity;
  status: TicketStatus;
  source: TicketSource;
  title: string;
  text: string;
  reported_at: string;
  closed_at: string | null;
  events: ProblemEvent[];
}

/** RFC 9457。errors 一次给出全部原因；部分接口另附可行的办法，如 other_slots。 */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  /** errors 中第一个原因的 code */
  code: string;
  detail: string;
  errors: ProblemDetailsReason[];
  /** 查问题时请提供 */
  request_id: string;
}

export interface ProblemDetailsReason {
  /** 供程序判断，不会改变 */
  code: string;
  /** 给人看的原因，并说明下一步怎么办 */
  text: string;
  /** 有误的字段，如 visitors.1.id_number */
  field?: string;
}

export interface ProblemEvent {
  happened_at: string;
  kind: string;
  text: string;
}

export interface Problems {
  problems: TicketAnswer[];
}

export interface Profile {
  /** 姓名 */
  name: string | null;
  /** 身份证号码 */
  id_number: string | null;
  phone: string | null;
  openid: string;
  created_at: string;
  phone_checked_at: string | null;
  face_checked_at: string | null;
}

export interface Quota {
  rules: QuotaRuleAnswer[];
  next_slots: OtherSlot[];
  book_again_at: string | null;
}

export interface QuotaRuleAnswer {
  text: string;
  used: number;
  left: number;
  renews_at: string;
}

/** code 供程序判断，长期不变；text 直接显示给家属。 */
export interface ReasonAnswer {
  /** 登录凭证 */
  code: string;
  text: string;
}

export interface RecoverAccount {
  /** 姓名 */
  name: string;
  /** 身份证号码 */
  id_number: string;
}

export interface Registration {
  relative_id: string;
  done: string[];
  next_step: string | null;
  hint: string;
  can_book: boolean;
  steps: RegistrationStep[];
}

/** `state`: done, next (it is your turn), waiting (for us), refused (see `text`, and try again), later. */
export interface RegistrationStep {
  /** 姓名 */
  name: string;
  state: "done" | "next" | "waiting" | "refused" | "later";
  text: string;
}

/** `suspended_until`, `expires_at`: when it ends by itself, the suspension or the relationship. */
export interface RelationshipAnswer {
  id: string;
  /** 与戒毒人员的关系 */
  kinship: string;
  status: RelationshipStatus;
  /** 理由 */
  reason: string | null;
  asked_at: string;
  suspended_until?: string | null;
  expires_at?: string | null;
}

export type RelationshipStatus = "pending" | "approved" | "rejected" | "suspended";

export interface Relationships {
  relationships: RelationshipAnswer[];
}

/** What a family or an officer writes. `defect`: something does not work; `consult`: a question. */
export interface ReportProblem {
  kind: "defect" | "consult";
  title: string;
  text: string;
}

/** `companion_codes`: one from each relative who comes along, made by them in the last 24 hours. */
export interface RequestVisit {
  /** 亲属关系 */
  relationship_id: string;
  /** 会见时段 */
  slot_id: string;
  /** 同行码 */
  companion_codes?: string[];
}

export interface RoomMessage {
  id: string;
  text: string;
  sent_at: string;
}

/** What TRTC's client needs to enter this visit's room, and no other. */
export interface RoomPass {
  sdk_app_id: number;
  room_id: string;
  user_id: string;
  user_sig: string;
  private_map_key: string;
  expires_in: number;
  /** 开始时间 */
  starts_at: string;
  seconds_until_start: number;
}

/** Ask every 3 s in the room. `muted`: turn the microphone off; `messages`: show each, once. */
export interface RoomState {
  id: string;
  status: VisitStatus;
  /** 结束时间 */
  ends_at: string;
  seconds_left: number;
  muted: boolean;
  messages: RoomMessage[];
}

export type Severity = "I" | "II" | "III" | "IV";

export interface SignIn {
  /** 登录凭证 */
  code: string;
}

/** `can_wait`: it is full, and one may join its waiting list. */
export interface SlotAnswer {
  id: string;
  /** 开始时间 */
  starts_at: string;
  /** 结束时间 */
  ends_at: string;
  places_left: number;
  bookable: boolean;
  can_wait: boolean;
  reasons: string[];
}

export interface Slots {
  slots: SlotAnswer[];
}

/** purpose：registration 登记、visit 会见前、recovery 更换微信后找回登记。 visit 须带 visit_id；recovery 须带原登记的 name 与 id_number。 method：clip 录制视频（默认）；eid 使用 E 证通插件（开通后可用，未开通返回 422）。 mirrored：所录视频是否左右镜像。微信 CameraContext.startRecord 的 selfieMode 默认为 true，录出的前置视频是镜像的： 请设 selfieMode: false 并传 false（默认），或保留默认并传 true；两者不一致时左右转头会判反（turned_other_way）。 */
export interface StartCheck {
  purpose: FaceCheckPurpose;
  method?: "clip" | "eid";
  /** 会见 */
  visit_id?: string | null;
  /** 姓名 */
  name?: string | null;
  /** 身份证号码 */
  id_number?: string | null;
  /** 视频左右相反 */
  mirrored?: boolean;
}

export interface TicketAnswer {
  id: string;
  kind: TicketKind;
  severity: Severity;
  status: TicketStatus;
  source: TicketSource;
  title: string;
  text: string;
  reported_at: string;
  closed_at: string | null;
}

export type TicketKind = "incident" | "defect" | "consult" | "change";

/** Where it came from [5.1]. */
export type TicketSource = "inspection" | "alarm" | "person";

export type TicketStatus = "open" | "acknowledged" | "analysed" | "approved" | "resolved" | "confirmed" | "reported" | "closed" | "refused";

/** PUT the file to `url` with exactly this content type, then send `key` in the next request. */
export interface Upload {
  /** 文件 */
  key: string;
  url: string;
  /** 文件类型 */
  content_type: string;
  expires_in: number;
}

export interface VisitAnswer {
  id: string;
  status: VisitStatus;
  /** 开始时间 */
  starts_at: string;
  /** 结束时间 */
  ends_at: string;
  /** 理由 */
  reason: string | null;
}

/** `changes`: what changed since the booking and is with an officer. `cancel_until`: None when it cannot be any more. */
export interface VisitDetails {
  id: string;
  status: VisitStatus;
  /** 开始时间 */
  starts_at: string;
  /** 结束时间 */
  ends_at: string;
  /** 理由 */
  reason: string | null;
  state: string;
  next_step: string;
  changes: string[];
  check_in_opens_at: string;
  cancel_until: string | null;
  resident_told_at: string | null;
  booked_by_you: boolean;
  people: number;
  device_test: DeviceTested | null;
  device_tested_at: string | null;
  history: VisitEvent[];
}

/** `by` is a kind of person, never a name. */
export interface VisitEvent {
  /** 时间 */
  at: string;
  by: string;
  text: string;
}

export interface VisitLine {
  id: string;
  status: VisitStatus;
  /** 开始时间 */
  starts_at: string;
  /** 结束时间 */
  ends_at: string;
  /** 理由 */
  reason: string | null;
  /** 与戒毒人员的关系 */
  kinship: string;
  booked_by_you: boolean;
  joined_at: string | null;
  history: VisitEvent[];
}

export type VisitStatus = "requested" | "approved" | "rejected" | "in_progress" | "completed" | "cancelled" | "no_show" | "terminated" | "expired";

export interface Visits {
  /** 会见记录 */
  visits: VisitAnswer[];
}

/** `before_you`: how many wait longer. `offer_until`: accept by then. `text` says how things stand. */
export interface WaitingAnswer {
  id: string;
  /** 会见时段 */
  slot_id: string;
  /** 开始时间 */
  starts_at: string;
  /** 结束时间 */
  ends_at: string;
  status: WaitingStatus;
  text: string;
  before_you: number | null;
  offer_until: string | null;
  /** 会见 */
  visit_id: string | null;
}

export interface WaitingLine {
  status: WaitingStatus;
  joined_at: string;
  /** 会见结束时间 */
  ended_at: string | null;
}

export interface WaitingList {
  entries: WaitingAnswer[];
}

/** `device_test_passed`: None when there was no test. */
export interface WaitingRoom {
  state: "not_approved" | "too_early" | "face_check" | "waiting" | "open" | "over";
  text: string;
  /** 开始时间 */
  opens_at: string;
  /** 开始时间 */
  starts_at: string;
  seconds_until_open: number;
  seconds_until_start: number;
  face_checked: boolean;
  device_test_passed: boolean | null;
  resident_told: boolean;
}

export type WaitingStatus = "waiting" | "offered" | "accepted" | "left" | "missed" | "closed";

/** Without `confirmed` the answer says what would follow, and nothing happens. */
export interface WithdrawConsent {
  purpose: ConsentPurpose;
  confirmed?: boolean;
}

export type Code =
  "action_missed" |
  "blurred" |
  "body_unreadable" |
  "card_not_found" |
  "card_suspicious" |
  "card_unreadable" |
  "changed_meanwhile" |
  "check_over" |
  "clip_missing" |
  "clip_size_unfit" |
  "clip_too_large" |
  "clip_too_long" |
  "clip_too_short" |
  "clip_unreadable" |
  "companion_unknown" |
  "consent_missing" |
  "consent_not_given" |
  "consent_version_old" |
  "consent_withdrawal_effects" |
  "consents_missing" |
  "device_camera_denied" |
  "device_camera_failed" |
  "device_key_false" |
  "device_microphone_denied" |
  "device_microphone_failed" |
  "device_network_slow" |
  "device_speaker_denied" |
  "device_speaker_failed" |
  "eid_not_finished" |
  "eid_over" |
  "eid_tries_used_up" |
  "erasure_during_visit" |
  "erasure_effects" |
  "face_camera" |
  "face_check_before_visit" |
  "face_check_later" |
  "face_data_erased" |
  "face_not_checked" |
  "face_off_centre" |
  "face_too_near" |
  "face_too_small" |
  "family_phone_exists" |
  "family_phone_owner_changed" |
  "family_phone_resident" |
  "field_invalid" |
  "id_number_invalid" |
  "identity_asked_with" |
  "identity_changed" |
  "identity_missing" |
  "identity_proven" |
  "identity_taken" |
  "internal" |
  "key_reused" |
  "manual_check_open" |
  "mask_worn" |
  "minor_needs_adult" |
  "month_used_up" |
  "move_none" |
  "name_invalid" |
  "no_face" |
  "no_face_in_photo" |
  "not_alive" |
  "not_found" |
  "not_same_person" |
  "not_seen_clearly" |
  "not_signed_in" |
  "not_sure_same_person" |
  "number_invalid" |
  "only_who_booked" |
  "owner_consent_missing" |
  "phone_check_later" |
  "phone_check_tomorrow" |
  "phone_checks_number" |
  "phone_checks_relative" |
  "phone_checks_site" |
  "phone_code_false" |
  "phone_id_number_refused" |
  "phone_identity_mismatch" |
  "phone_mismatch" |
  "phone_name_refused" |
  "phone_no_record" |
  "phone_not_checked" |
  "phone_number_refused" |
  "phone_segment_unsupported" |
  "photo_blurred" |
  "photo_face_covered" |
  "photo_missing" |
  "photo_size_unfit" |
  "photo_too_large" |
  "photo_unreadable" |
  "picture_too_large" |
  "picture_unreadable" |
  "problem_too_many" |
  "problem_without_site" |
  "recovery_needs_face_check" |
  "recovery_unknown" |
  "relationship_exists" |
  "relationship_not_approved" |
  "relative_busy" |
  "resident_busy" |
  "resident_not_open" |
  "screen_filmed" |
  "session_expired" |
  "several_faces_in_photo" |
  "slot_blocked" |
  "slot_full" |
  "slot_too_far" |
  "slot_too_soon" |
  "suspended" |
  "too_bright" |
  "too_dark" |
  "too_early_to_join" |
  "too_large" |
  "too_late_to_cancel" |
  "too_many_relatives" |
  "too_many_requests_open" |
  "too_many_searches" |
  "tries_used_up" |
  "try_later" |
  "two_people" |
  "visit_cancelled" |
  "visit_expired" |
  "visit_missed" |
  "visit_not_approved" |
  "visit_over" |
  "visit_rejected" |
  "waiting_already" |
  "waiting_not_needed" |
  "waiting_offer_over" |
  "waiting_over" |
  "waiting_too_many" |
  "wechat_code_false" |
  "wechat_other_account" |
  "week_used_up";

export class Booking {
  constructor(private readonly caller: Caller) {}

  /** 生成同行码。同行亲属把 24 小时有效的同行码告诉预约人；再次生成，旧码失效。 */
  postCompanionCode(): Promise<CompanionCode> {
    return this.caller.call("POST", `/booking/v1/companion-code`, undefined, {}, {});
  }

  /** 作出单独同意。逐项同意，version 为所展示文本的版本；重复提交同一项没有影响。 */
  postConsents(body: GiveConsents): Promise<Registration> {
    return this.caller.call("POST", `/booking/v1/consents`, body, {}, {});
  }

  /** 撤回同意。先不带 confirmed 调用，422 的原因说明撤回的后果；用户确认后带 confirmed=true 再次调用才生效。 */
  postWithdraw(body: WithdrawConsent): Promise<Registration> {
    return this.caller.call("POST", `/booking/v1/consents/withdraw`, body, {}, {});
  }

  /** 提交身份信息。姓名、身份证号码和证件照片。手机号或人脸核验通过之后不能自行修改。 */
  putIdentity(body: Identity): Promise<Registration> {
    return this.caller.call("PUT", `/booking/v1/identity`, body, {}, {});
  }

  /** 申请人工核验。不便或不愿使用人脸、手机号核验时，请民警人工核验；用途 visit 时须给出 visit_id。 */
  postManualCheck(body: AskManualCheck): Promise<ManualCheckAnswer> {
    return this.caller.call("POST", `/booking/v1/manual-checks`, body, {}, {});
  }

  /** 注销并删除我的信息。须用刚取得的 wx.login code 确认是本人；先不带 confirmed 了解后果，再带 confirmed=true 生效。 */
  postErase(body: AskErasure): Promise<Erased> {
    return this.caller.call("POST", `/booking/v1/privacy/erase`, body, {}, {});
  }

  /** 导出我的信息。系统保存的本人信息；须用刚取得的 wx.login code 再次确认是本人。 */
  postExport(body: AskExport): Promise<Export> {
    return this.caller.call("POST", `/booking/v1/privacy/export`, body, {}, {});
  }

  /** 剩余次数。各条规则的可用与已用次数、恢复时间，以及现在可以约的时段。 */
  getQuota(more: { relationship_id: string }): Promise<Quota> {
    return this.caller.call("GET", `/booking/v1/quota`, undefined, pick(more, ["relationship_id"]), {});
  }

  /** 找回登记。更换微信后使用：先以用途 recovery 完成人脸核验，再提交姓名和身份证号码，返回原登记的 token。 */
  postRecovery(body: RecoverAccount): Promise<FamilySession> {
    return this.caller.call("POST", `/booking/v1/recovery`, body, {}, {});
  }

  /** 登记进度。已完成的步骤和下一步。随时可以离开，回来后按 next_step 继续。 */
  getRegistration(): Promise<Registration> {
    return this.caller.call("GET", `/booking/v1/registration`, undefined, {}, {});
  }

  /** 我的亲属关系。含审核中、已通过、未通过和暂停的。 */
  getRelationships(): Promise<Relationships> {
    return this.caller.call("GET", `/booking/v1/relationships`, undefined, {}, {});
  }

  /** 申请亲属关系。编号、姓名、关系一并提交。无论是否对得上人员，应答都一样，请等待审核结果。 */
  postRelationship(body: AskRelationship): Promise<RelationshipAnswer> {
    return this.caller.call("POST", `/booking/v1/relationships`, body, {}, {});
  }

  /** 微信登录。用 wx.login 得到的 code 换取 token；首次登录即建立登记。token 两小时有效，到期或收到 401 时重新登录。 */
  postSession(body: SignIn): Promise<FamilySession> {
    return this.caller.call("POST", `/booking/v1/session`, body, {}, {});
  }

  /** 可选时段。预约范围内的全部时段。不能约的在 reasons 里说明全部原因；can_wait 为 true 的可以候补。 */
  getSlots(more: { relationship_id: string }): Promise<Slots> {
    return this.caller.call("GET", `/booking/v1/slots`, undefined, pick(more, ["relationship_id"]), {});
  }

  /** 申请上传位置。返回一次性上传地址：用 PUT、相同的 Content-Type 上传照片，然后在后续请求里提交 key。 */
  postUpload(body: AskUpload): Promise<Upload> {
    return this.caller.call("POST", `/booking/v1/uploads`, body, {}, {});
  }

  /** 我的会见。最近一百次，按时间倒序。 */
  getVisits(): Promise<Visits> {
    return this.caller.call("GET", `/booking/v1/visits`, undefined, {}, {});
  }

  /** 预约会见。提交即占位，等待审核。请带 Idempotency-Key（同一次点击相同），断线重发不会重复预约；422 时 other_slots 给出可改约的时段。 */
  postVisit(body: RequestVisit, more: { "Idempotency-Key"?: string | null } = {}): Promise<VisitAnswer> {
    return this.caller.call("POST", `/booking/v1/visits`, body, {}, pick(more, ["Idempotency-Key"]));
  }

  /** 会见详情。状态、原因、下一步、安排的变化和经过；只有参加人能看到。 */
  getVisit(visitId: string): Promise<VisitDetails> {
    return this.caller.call("GET", `/booking/v1/visits/${encodeURIComponent(visitId)}`, undefined, {}, {});
  }

  /** 取消会见。名额和次数当即退还；距开始太近时不能取消。 */
  postCancel(visitId: string): Promise<VisitAnswer> {
    return this.caller.call("POST", `/booking/v1/visits/${encodeURIComponent(visitId)}/cancel`, undefined, {}, {});
  }

  /** 提交设备测试结果。摄像头、麦克风、扬声器和网络的测试结果；advice 给出怎样改善。 */
  postDeviceTest(visitId: string, body: DeviceTest): Promise<DeviceTested> {
    return this.caller.call("POST", `/booking/v1/visits/${encodeURIComponent(visitId)}/device-test`, body, {}, {});
  }

  /** 进入会见室。会见前的人脸核验通过后，返回进入 TRTC 房间的凭证；凭证只对本人、本房间、本时段有效。 */
  postJoin(visitId: string): Promise<RoomPass> {
    return this.caller.call("POST", `/booking/v1/visits/${encodeURIComponent(visitId)}/join`, undefined, {}, {});
  }

  /** 改期询问。民警询问能否改到另一时段；没有待答复的询问时返回 404。 */
  getMove(visitId: string): Promise<MoveAsked> {
    return this.caller.call("GET", `/booking/v1/visits/${encodeURIComponent(visitId)}/move`, undefined, {}, {});
  }

  /** 答复改期。由预约人在 answer_until 之前答复；agree 为 true 即改到新时段。 */
  postMove(visitId: string, body: AnswerMove): Promise<VisitAnswer> {
    return this.caller.call("POST", `/booking/v1/visits/${encodeURIComponent(visitId)}/move`, body, {}, {});
  }

  /** 会见室情况。会见中剩余时间、民警的提醒和是否被静音；会见时定时查询。 */
  getRoom(visitId: string, more: { in_room?: boolean } = {}): Promise<RoomState> {
    return this.caller.call("GET", `/booking/v1/visits/${encodeURIComponent(visitId)}/room`, undefined, pick(more, ["in_room"]), {});
  }

  /** 等候室。距开放进入还有多久、是否可以进入、戒毒人员是否已被告知。 */
  getWaitingRoom(visitId: string): Promise<WaitingRoom> {
    return this.caller.call("GET", `/booking/v1/visits/${encodeURIComponent(visitId)}/waiting-room`, undefined, {}, {});
  }

  /** 我的候补。各条候补的位次；offer_until 之前可以接受空出的名额。 */
  getEntries(): Promise<WaitingList> {
    return this.caller.call("GET", `/booking/v1/waiting-list`, undefined, {}, {});
  }

  /** 加入候补。时段约满时排队；有名额空出时按先后通知，限时接受。 */
  postEntry(body: JoinWaitingList): Promise<WaitingAnswer> {
    return this.caller.call("POST", `/booking/v1/waiting-list`, body, {}, {});
  }

  /** 接受候补名额。即预约该时段；须在 offer_until 之前。 */
  postAccept(entryId: string, body: AcceptOffer): Promise<VisitAnswer> {
    return this.caller.call("POST", `/booking/v1/waiting-list/${encodeURIComponent(entryId)}/accept`, body, {}, {});
  }

  /** 退出候补。随时可以退出。 */
  postLeave(entryId: string): Promise<WaitingAnswer> {
    return this.caller.call("POST", `/booking/v1/waiting-list/${encodeURIComponent(entryId)}/leave`, undefined, {}, {});
  }
}

export class Face {
  constructor(private readonly caller: Caller) {}

  /** 开始人脸核验。流程：1. 本接口取得随机动作与上传地址；2. 录制并上传视频（或打开 E 证通插件）；3. 调用 submit 取得结果。用途 visit 时须给出 visit_id。 每次核验只对本人、本用途、本次会见有效，视频只能用一次：重复提交同一段视频、或提交为另一次核验录制的视频，都不会通过。每个用途每天 6 次；最后一次仍未通过的，自动转民警人工核对。不愿或不便使用人脸核验的，可随时申请人工核验（POST /booking/v1/manual-checks）。 能力边界：随机动作可以拦住打印照片和绝大多数预先录制的视频，但拦不住把画面直接注入摄像头数据的攻击，也拦不住深度伪造（换脸、数字人）。因此结果只作核验依据之一，会见全程仍有画面核对与民警值守；正式环境建议选用腾讯云人脸核身。 */
  postCheck(body: StartCheck): Promise<Challenge> {
    return this.caller.call("POST", `/verify-face/v1/checks`, body, {}, {});
  }

  /** 人脸核验结果。状态、原因和今天剩余次数；转人工核对（review）期间可每 10 秒查询一次。 */
  getCheck(checkId: string): Promise<CheckAnswer> {
    return this.caller.call("GET", `/verify-face/v1/checks/${encodeURIComponent(checkId)}`, undefined, {}, {});
  }

  /** 提交人脸核验。视频上传完成后调用，应答即结果；通常 2 至 5 秒返回，最长约 60 秒。网络中断时可放心重试，同一次核验的结果不变。拿不准是否同一人的（原因 not_sure_same_person）转由民警人工核验。 处理时间过长会停止并返回 ask_again，原因 check_timed_out（请录制短一些的视频）。核验服务不可用时，按本所设置转民警人工核对（review）或请稍后再试（could_not_check），绝不会自动通过。视频未上传、过大为 422，已过期为 409（check_over），E 证通页面尚未完成为 409（eid_not_finished）。 */
  postSubmit(checkId: string): Promise<CheckAnswer> {
    return this.caller.call("POST", `/verify-face/v1/checks/${encodeURIComponent(checkId)}/submit`, undefined, {}, {});
  }
}

export class Phone {
  constructor(private readonly caller: Caller) {}

  /** 手机号核验记录。最近的核验和结果。 */
  getChecks(): Promise<PhoneChecks> {
    return this.caller.call("GET", `/phone/v1/checks`, undefined, {}, {});
  }

  /** 手机号实名核验。phone_code 来自微信的手机号授权按钮；核验机构繁忙时先受理，稍后自动完成并通知。 */
  postCheck(body: CheckPhone): Promise<PhoneChecked> {
    return this.caller.call("POST", `/phone/v1/checks`, body, {}, {});
  }

  /** 我的亲情电话。已提交的号码和状态。 */
  getFamilyPhones(): Promise<FamilyPhones> {
    return this.caller.call("GET", `/phone/v1/family-phones`, undefined, {}, {});
  }

  /** 提交亲情电话。号码不是本人的，须给出机主姓名、身份证号码并已取得机主同意。 */
  postFamilyPhone(body: AskFamilyPhone): Promise<FamilyPhoneAnswer> {
    return this.caller.call("POST", `/phone/v1/family-phones`, body, {}, {});
  }

  /** 停用亲情电话。停用后当即通知电话系统。 */
  postRemove(phoneId: string): Promise<FamilyPhoneAnswer> {
    return this.caller.call("POST", `/phone/v1/family-phones/${encodeURIComponent(phoneId)}/remove`, undefined, {}, {});
  }
}

export class Ops {
  constructor(private readonly caller: Caller) {}

  /** 我反映的问题。含处理进度和答复。 */
  getProblems(): Promise<Problems> {
    return this.caller.call("GET", `/ops/v1/problems`, undefined, {}, {});
  }

  /** 反映问题。家属和民警都可以反映使用中的问题。 */
  postProblem(body: ReportProblem, more: { "Idempotency-Key"?: string | null } = {}): Promise<Problem> {
    return this.caller.call("POST", `/ops/v1/problems`, body, {}, pick(more, ["Idempotency-Key"]));
  }

  /** 一个问题的进度。含答复。 */
  getProblem(ticketId: string): Promise<Problem> {
    return this.caller.call("GET", `/ops/v1/problems/${encodeURIComponent(ticketId)}`, undefined, {}, {});
  }
}

export class Visits extends Caller {
  readonly booking = new Booking(this);
  readonly face = new Face(this);
  readonly phone = new Phone(this);
  readonly ops = new Ops(this);
}
