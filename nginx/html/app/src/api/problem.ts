import type { components } from "./schema";

type ProblemDocument = components["schemas"]["Problem"];

/** An error that the service reported (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  /** In seconds. */
  readonly retryAfter: number | null;
  /** When it was received. */
  readonly at = Date.now();
  readonly errors: components["schemas"]["FieldFault"][];
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument, retryAfter: number | null) {
    super(document.detail);
    this.document = document;
    this.status = document.status;
    this.code = document.code;
    this.requestId = document.request_id;
    this.errors = document.errors ?? [];
    this.retryAfter = retryAfter;
  }

  static async of(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    const text = await response.text().catch(() => "");
    let document: Partial<ProblemDocument> = {};
    try {
      document = JSON.parse(text) as Partial<ProblemDocument>;
    } catch {
      // A proxy in between answers in another form.
    }
    const whole: ProblemDocument = {
      type: "about:blank",
      title: response.statusText,
      status: response.status,
      detail: "",
      code: "unknown",
      request_id: response.headers.get("X-Request-Id") ?? "",
      ...document,
    };
    return new Problem(whole, Number.isFinite(seconds) ? seconds : null);
  }
}

/** No answer came: the device is offline, or the connection was lost. A write may have been carried out. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  constructor(cause: unknown) {
    super("no answer", { cause });
  }
}

/** The user closed a dialog that the action needed. Nothing needs to be reported. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}
