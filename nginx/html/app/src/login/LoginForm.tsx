import { useRef, useState } from "preact/hooks";
import { Problem, call } from "../api/client";
import { fieldErrors } from "../errors";
import { t } from "../i18n";
import { begin } from "../session";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";

/** Logs in with a password, and with the code of an authenticator app if the account has one. */
export function LoginForm({ name: known = "" }: { name?: string }) {
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const [mfaToken, setMfaToken] = useState<string | null>(null);
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const logIn = async () => {
    const address = name.includes("@") ? { email: name } : { username: name };
    begin(await call("post", "/auth/login", { auth: "none", body: { ...address, password, session: "cookie" } }));
  };
  const sendCode = async (mfa_token: string) => {
    const body = { mfa_token, totp: code.replace(/\D/g, ""), session: "cookie" } as const;
    begin(await call("post", "/auth/mfa", { auth: "none", body }));
  };

  const submit = async (event: Event) => {
    event.preventDefault();
    const empty: Record<string, string> = {};
    if (mfaToken === null && name === "") empty["name"] = t("field.required");
    if (mfaToken === null && password === "") empty["password"] = t("field.required");
    if (mfaToken !== null && code === "") empty["totp"] = t("field.required");
    setMissing(empty);
    const first = Object.keys(empty)[0];
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await (mfaToken === null ? logIn() : sendCode(mfaToken));
    } catch (failure) {
      if (failure instanceof Problem && failure.code === "mfa_required")
        setMfaToken(failure.document.mfa_token ?? null);
      else {
        if (failure instanceof Problem && failure.code === "invalid_mfa_token") setMfaToken(null);
        setError(failure);
      }
    } finally {
      setBusy(false);
    }
  };

  const faults = { ...fieldErrors(error), ...missing };
  return (
    <form ref={form} class="stack" noValidate onSubmit={submit}>
      <ErrorNotice error={error} />
      {mfaToken === null ? (
        <>
          <Field
            label={t("login.name")}
            name="name"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={name}
            onValue={setName}
            error={faults["name"] ?? faults["email"] ?? faults["username"]}
            autofocus={known === ""}
          />
          <Field
            label={t("login.password")}
            name="password"
            type="password"
            autocomplete="current-password"
            value={password}
            onValue={setPassword}
            error={faults["password"]}
            autofocus={known !== ""}
          />
        </>
      ) : (
        <Field
          key="code"
          label={t("login.code")}
          hint={t("login.code_hint")}
          name="totp"
          inputMode="numeric"
          autocomplete="one-time-code"
          value={code}
          onValue={setCode}
          error={faults["totp"]}
          autofocus
        />
      )}
      <Button kind="primary" type="submit" wide busy={busy}>
        {t(mfaToken === null ? "login.submit" : "action.continue")}
      </Button>
    </form>
  );
}
