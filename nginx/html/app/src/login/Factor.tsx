import { useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { t } from "../i18n";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import type { IconName } from "../ui/Icon";
import { ErrorNotice } from "../ui/Notice";
import { CodeField, MailedCode } from "./Code";
import { askForPasskey, hasPasskeys } from "./passkeys";

export type Method = "password" | "otp" | "totp" | "webauthn" | "recovery_code";
export type Proof = Schemas["Reauthentication"];

const ICONS: Record<Method, IconName> = {
  password: "lock",
  otp: "mail",
  totp: "device",
  webauthn: "key",
  recovery_code: "list",
};

/** What this browser can do of what an account has, the most convenient first. */
export function usable(methods: readonly string[]): Method[] {
  const order: Method[] = hasPasskeys ? ["webauthn", "totp", "recovery_code"] : ["totp", "recovery_code"];
  return order.filter((method) => methods.includes(method));
}

/** Asks for one of several proofs of who the user is. */
export function FactorForm({
  methods,
  address = null,
  passkeyOptions,
  send,
  submitLabel = t("action.continue"),
  kind = "primary",
}: {
  methods: readonly Method[];
  /** Where a code by e-mail is sent. */
  address?: string | null;
  /** With the method webauthn. */
  passkeyOptions?: () => Promise<Schemas["PublicKeyCredentialRequestOptions"]>;
  send: (proof: Proof) => Promise<void>;
  submitLabel?: string;
  kind?: "primary" | "danger";
}) {
  const [chosen, setChosen] = useState<Method | null>(null);
  const method = chosen && methods.includes(chosen) ? chosen : methods[0];
  if (method === undefined) return <p>{t("factor.none")}</p>;
  return (
    <div class="stack">
      {method === "otp" ? (
        <MailedCode
          address={address ?? ""}
          request={() => call("post", "/auth/otp/request", { auth: "none", body: { email: address } })}
          send={send}
          submitLabel={submitLabel}
          kind={kind}
        />
      ) : method === "webauthn" ? (
        passkeyOptions && <PasskeyProof options={passkeyOptions} send={send} />
      ) : (
        <TypedProof key={method} method={method} send={send} submitLabel={submitLabel} kind={kind} />
      )}
      {methods.length > 1 && (
        <ul class="ways">
          {methods
            .filter((other) => other !== method)
            .map((other) => (
              <li key={other}>
                <Button
                  kind="ghost"
                  wide
                  icon={ICONS[other]}
                  onClick={() => {
                    setChosen(other);
                  }}
                >
                  {t(`factor.use.${other}`)}
                </Button>
              </li>
            ))}
        </ul>
      )}
    </div>
  );
}

function PasskeyProof({
  options,
  send,
}: {
  options: () => Promise<Schemas["PublicKeyCredentialRequestOptions"]>;
  send: (proof: Proof) => Promise<void>;
}) {
  const { busy, error, run } = useAction();
  return (
    <div class="stack">
      <ErrorNotice error={error} />
      <p class="muted">{t("factor.webauthn_text")}</p>
      <Button
        kind="primary"
        icon="key"
        wide
        busy={busy}
        autofocus
        onClick={() => run(async () => send({ webauthn: await askForPasskey(await options()) }))}
      >
        {t("factor.webauthn")}
      </Button>
    </div>
  );
}

const FIELDS = {
  password: { label: "login.password", hint: undefined },
  totp: { label: "login.code", hint: "login.code_hint" },
  recovery_code: { label: "factor.recovery_code", hint: "factor.recovery_hint" },
} as const;

function TypedProof({
  method,
  send,
  submitLabel,
  kind,
}: {
  method: keyof typeof FIELDS;
  send: (proof: Proof) => Promise<void>;
  submitLabel: string;
  kind: "primary" | "danger";
}) {
  const [text, setText] = useState("");
  const [isMissing, setMissing] = useState(false);
  const { busy, error, faults, run } = useAction();
  const { label, hint } = FIELDS[method];
  const submit = async (value: string) => {
    setMissing(value === "");
    if (value !== "" && !(await run(() => send({ [method]: value })))) setText("");
  };
  const isWrong = error instanceof Problem && error.code === "invalid_credentials";
  const fault = isMissing ? t("field.required") : isWrong ? t("password.wrong") : faults[method];
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        return submit(text);
      }}
    >
      {!isWrong && <ErrorNotice error={error} />}
      {method === "totp" ? (
        <CodeField
          label={t(label)}
          hint={t(FIELDS.totp.hint)}
          name="totp"
          value={text}
          onValue={setText}
          onComplete={submit}
          isExact
          error={fault}
        />
      ) : (
        <Field
          label={t(label)}
          hint={hint && t(hint)}
          name={method}
          type={method === "password" ? "password" : "text"}
          autocomplete={method === "password" ? "current-password" : "off"}
          autocapitalize="none"
          spellcheck={false}
          value={text}
          onValue={setText}
          error={fault}
          autofocus
        />
      )}
      <Button kind={kind} type="submit" wide busy={busy}>
        {submitLabel}
      </Button>
    </form>
  );
}
