/**
 * The whole way of a family through the client, from the first sign-in to the room: an example to read, and a test to
 * run under Node against `make run` (tests/api/test_client.py does). In a mini-program `wx` is there; here it is made
 * of fetch, so that the very same transport runs.
 */
import { Visits, VisitsProblem } from "./visits";

interface NodeAnswer {
  status: number;
  text(): Promise<string>;
  json(): Promise<any>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

declare const process: { env: Record<string, string>; exit(code: number): never };
declare const console: { log(text: string): void; error(text: unknown): void };
declare const fetch: (url: string, init?: object) => Promise<NodeAnswer>;

const { BASE, HELPER, OPENID, PHONE, NAME, ID_NUMBER, RESIDENT_NAME, RESIDENT_NUMBER } = process.env as Record<string, string>;

(globalThis as any).wx = {
  request({ url, method, header, data, success, fail }: any): void {
    fetch(url, { method, headers: header, body: data }).then(
      async (answer) => success({ statusCode: answer.status, data: await answer.text() }),
      (error) => fail({ errMsg: String(error) }),
    );
  },
};

const visits = new Visits(BASE!);
let officers: Record<string, string> = {};

function expect(fact: unknown, otherwise: string): asserts fact {
  if (!fact) throw new Error(otherwise);
}

async function post(path: string, body: object, token = ""): Promise<any> {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  expect(answer.status < 300, `${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function refused(call: Promise<unknown>): Promise<VisitsProblem> {
  try {
    await call;
  } catch (error) {
    if (error instanceof VisitsProblem) return error;
    throw error;
  }
  throw new Error("was not refused");
}

/** What wx.login and the phone button give in a mini-program. */
const loginCode = async (): Promise<string> => (await post("/local/wechat/codes", { openid: OPENID })).code;
const phoneCode = async (): Promise<string> =>
  (await post("/local/wechat/phone_codes", { openid: OPENID, phone: PHONE })).code;

async function signIn(): Promise<void> {
  visits.token = (await visits.booking.postSession({ code: await loginCode() })).token;
}

async function signInOfficers(): Promise<void> {
  const known = await (await fetch(`${BASE}/local/identities`)).json();
  officers = Object.fromEntries(known.officers.map((one: any) => [one.username, one.token]));
}

async function register(): Promise<void> {
  const version = "2026-11"; // of the texts that the page shows
  const purposes = ["identity", "face", "phone", "recording"] as const;
  await visits.booking.postConsents({ consents: purposes.map((purpose) => ({ purpose, version })) });
  const place = await visits.booking.postUpload({ purpose: "id_photo", content_type: "image/jpeg" });
  await visits.upload(place, await (await fetch(`${HELPER}/photo`)).arrayBuffer());
  const wrong = await refused(visits.booking.putIdentity({ name: "1", id_number: "1", id_photo_key: place.key }));
  expect(wrong.errors.length === 2, "two reasons at once");
  await visits.booking.putIdentity({ name: NAME!, id_number: ID_NUMBER!, id_photo_key: place.key });
  await visits.phone.postCheck({ phone_code: await phoneCode() });
  await checkFace({ purpose: "registration" });
}

async function checkFace(wanted: Parameters<typeof visits.face.postCheck>[0]): Promise<void> {
  const check = await visits.face.postCheck(wanted);
  const clip = await fetch(`${HELPER}/clip`, { method: "POST", body: JSON.stringify(check.actions) });
  await visits.upload(check as { url: string; content_type: string }, await clip.arrayBuffer());
  const result = await visits.face.postSubmit(check.id);
  expect(result.status === "passed", `the face check is ${result.status}`);
}

async function askForTheRelationship(): Promise<string> {
  const tie = await visits.booking.postRelationship({
    resident_number: RESIDENT_NUMBER!,
    resident_name: RESIDENT_NAME!,
    kinship: "母亲",
  });
  expect(tie.status === "pending", "an officer decides");
  await post(`/approve/v1/relationships/${tie.id}/approve`, {}, officers.wang);
  const registration = await visits.booking.getRegistration();
  expect(registration.next_step === null, `next is ${registration.next_step}`);
  return tie.id;
}

async function openHours(): Promise<void> {
  for (let weekday = 0; weekday < 7; weekday++) {
    const hours = { weekday, opens_at: "14:00", closes_at: "15:00", valid_from: "2020-01-01", valid_to: null };
    await post("/approve/v1/session-templates", hours, officers.sun);
  }
}

async function book(relationshipId: string): Promise<{ id: string; starts_at: string }> {
  const { slots } = await visits.booking.getSlots({ relationship_id: relationshipId });
  const free = slots.filter((one) => one.bookable);
  expect(free.length > 1, "nothing can be booked");
  const wanted = { relationship_id: relationshipId, slot_id: free[0]!.id };
  const once = { "Idempotency-Key": "one-tap" };
  const visit = await visits.booking.postVisit(wanted, once);
  const again = await visits.booking.postVisit(wanted, once);
  expect(again.id === visit.id, "the same tap booked twice");
  const more = await refused(visits.booking.postVisit({ ...wanted, slot_id: free[1]!.id }));
  expect(more.code === "week_used_up" || more.code === "relative_busy", `refused as ${more.code}`);
  await post(`/approve/v1/visits/${visit.id}/approve`, {}, officers.wang);
  const shown = await visits.booking.getVisit(visit.id);
  expect(shown.status === "approved" && shown.history.length === 2, "approved, and its history told");
  return visit;
}

async function comeToTheVisit(visit: { id: string; starts_at: string }): Promise<object> {
  const early = await refused(visits.booking.postJoin(visit.id));
  expect(early.code === "too_early_to_join", `refused as ${early.code}`);
  const at = new Date(Date.parse(visit.starts_at) - 10 * 60_000).toISOString();
  await post("/local/clock", { at });
  const over = await refused(visits.booking.getVisits());
  expect(over.status === 401, "days later the session is over");
  await signIn();
  const tested = { camera: "ok", microphone: "ok", speaker: "ok", delay_ms: 60, loss_percent: 0 } as const;
  await visits.booking.postDeviceTest(visit.id, tested);
  await visits.booking.getWaitingRoom(visit.id);
  const unchecked = await refused(visits.booking.postJoin(visit.id));
  expect(unchecked.code === "face_check_before_visit", `refused as ${unchecked.code}`);
  await checkFace({ purpose: "visit", visit_id: visit.id });
  return visits.booking.postJoin(visit.id);
}

async function main(): Promise<void> {
  await signIn();
  await signInOfficers();
  await register();
  const relationshipId = await askForTheRelationship();
  await openHours();
  const pass = await comeToTheVisit(await book(relationshipId));
  console.log(JSON.stringify(pass));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
