import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../api/client";
import { t } from "../i18n";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";
import { announce } from "../ui/Toast";

const SHORTEST = 6;
const LONGEST = 8;
// A setting of the service decides how many digits a code by e-mail has.
const PAUSE = 400;

/** A code of digits. It is sent as soon as it is there: typed, pasted or filled in by the browser. */
export function CodeField({
  label,
  hint,
  name,
  error,
  value,
  onValue,
  onComplete,
  isExact,
}: {
  label: string;
  hint: string;
  name: string;
  error?: string | undefined;
  value: string;
  onValue: (code: string) => void;
  onComplete: (code: string) => void;
  /** It has six digits. Otherwise it may have more. */
  isExact: boolean;
}) {
  const timer = useRef(0);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
    },
    [],
  );
  const change = (text: string) => {
    const code = text.replace(/\D/g, "").slice(0, isExact ? SHORTEST : LONGEST);
    const isWhole = code.length - value.length > 1;
    onValue(code);
    window.clearTimeout(timer.current);
    if (code.length < SHORTEST || code === value) return;
    if (isExact || isWhole || code.length === LONGEST) onComplete(code);
    else timer.current = window.setTimeout(onComplete, PAUSE, code);
  };
  return (
    <div class="code-field">
      <Field
        label={label}
        hint={hint}
        name={name}
        inputMode="numeric"
        autocomplete="one-time-code"
        placeholder="000000"
        value={value}
        onValue={change}
        error={error}
        autofocus
      />
    </div>
  );
}

/** Seconds until a moment. */
function useCountdown(until: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = window.setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) window.clearInterval(timer);
    }, 1000);
    return () => {
      window.clearInterval(timer);
    };
  }, [until]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}

export type SentCode = { otp: string; challenge?: string };

/** Requests a code by e-mail as it appears, and lets the user enter it. */
export function MailedCode({
  address,
  request,
  send,
  submitLabel,
  kind = "primary",
  first = null,
  children,
}: {
  address: string;
  request: () => Promise<Schemas["CodeRequested"]>;
  send: (code: SentCode) => Promise<void>;
  submitLabel: string;
  kind?: "primary" | "danger";
  /** A code that was requested already. */
  first?: Schemas["CodeRequested"] | null;
  /** More fields of the form. With them, the code is not sent by itself. */
  children?: ComponentChildren;
}) {
  const [code, setCode] = useState("");
  const [sent, setSent] = useState(first);
  const [nextAt, setNextAt] = useState(first ? Date.now() + first.resend_after * 1000 : 0);
  const requesting = useAction();
  const sending = useAction();
  const [isMissing, setMissing] = useState(false);
  const seconds = useCountdown(nextAt);

  const ask = () =>
    requesting.run(async () => {
      const answer = await request();
      setSent(answer);
      setNextAt(Date.now() + answer.resend_after * 1000);
      announce(t("code.sent", { address }));
    });
  useEffect(() => {
    if (!first) void ask();
  }, []);

  const submit = (otp: string) => {
    setMissing(otp.length < SHORTEST);
    if (otp.length < SHORTEST) return;
    void sending
      .run(() => send({ otp, ...(sent ? { challenge: sent.challenge } : {}) }))
      .then((succeeded) => {
        if (!succeeded && !children) setCode("");
      });
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit(code);
      }}
    >
      <p class="muted">{sent ? t("code.sent", { address }) : requesting.busy ? t("code.sending") : ""}</p>
      <ErrorNotice error={requesting.error ?? sending.error} />
      <CodeField
        label={t("code.label")}
        hint={t("code.hint")}
        name="otp"
        value={code}
        onValue={setCode}
        onComplete={(otp) => {
          if (!children) submit(otp);
        }}
        isExact={false}
        error={isMissing ? t("code.missing") : sending.faults["otp"]}
      />
      {children}
      <Button kind={kind} type="submit" wide busy={sending.busy}>
        {submitLabel}
      </Button>
      <Button kind="ghost" wide busy={requesting.busy} disabled={seconds > 0} onClick={ask}>
        {seconds > 0 ? t("code.again_in", { count: seconds }) : t("code.again")}
      </Button>
    </form>
  );
}
