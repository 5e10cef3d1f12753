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
