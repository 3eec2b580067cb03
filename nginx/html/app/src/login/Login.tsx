import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { reportError } from "../errors";
import { rich, t } from "../i18n";
import { Link, location } from "../router";
import { begin } from "../session";
import { type Action, useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";
import { MailedCode } from "./Code";
import { FactorForm, type Method, usable } from "./Factor";
import { askForPasskey, canAutofill, hasPasskeys } from "./passkeys";

type Pair = Schemas["TokenPair"];
type SecondStep = { token: string; methods: Method[] };

/** A login that may need a second factor. */
export function useLogin(onDone?: () => void) {
  const action = useAction();
  const [second, setSecond] = useState<SecondStep | null>(null);
  /** Passes on every failure but the demand for a second factor. */
  const enter = async (request: () => Promise<Pair>) => {
    try {
      begin(await request());
      onDone?.();
    } catch (failure) {
      if (!(failure instanceof Problem) || failure.code !== "mfa_required") throw failure;
      setSecond({ token: failure.document.mfa_token ?? "", methods: usable(failure.document.methods ?? []) });
    }
  };
  return { action, second, setSecond, enter };
}

export function passwordLogin(name: string, password: string): Promise<Pair> {
  const address = name.includes("@") ? { email: name } : { username: name };
  return call("post", "/auth/login", { auth: "none", body: { ...address, password, session: "cookie" } });
}

/** The second step of a login. */
export function SecondFactor({
  step: { token, methods },
  onDone,
  onExpired,
}: {
  step: SecondStep;
  onDone?: (() => void) | undefined;
  onExpired: (failure: Problem) => void;
}) {
  const send = async (proof: Omit<Schemas["MfaLogin"], "mfa_token" | "session">) => {
    try {
      const body = { mfa_token: token, ...proof, session: "cookie" } as const;
      begin(await call("post", "/auth/mfa", { auth: "none", body }));
      onDone?.();
    } catch (failure) {
      if (failure instanceof Problem && failure.code === "invalid_mfa_token") onExpired(failure);
      else throw failure;
    }
  };
  return (
    <>
      <p class="muted">{t("factor.lead")}</p>
      <FactorForm
        methods={methods}
        passkeyOptions={() => call("post", "/auth/mfa/passkey-options", { auth: "none", body: { mfa_token: token } })}
        send={send}
      />
    </>
  );
}

// A challenge is valid for five minutes.
const OFFERED_FOR = 4 * 60_000;

// Passkeys in the field of the name, where the browser and the service have them, and by a button.
function usePasskeyLogin(action: Action, isOffered: boolean) {
  const [isThere, setThere] = useState(false);
  const [round, setRound] = useState(0);
  const [isAsking, setAsking] = useState(false);
  const stop = useRef<AbortController | null>(null);
  const again = () => {
    setRound((number) => number + 1);
  };
  const options = (signal?: AbortSignal) =>
    call("post", "/auth/passkeys/login/options", { auth: "none", ...(signal ? { signal } : {}) });
  const send = async (credential: Schemas["AuthenticationResponse"]) => {
    begin(await call("post", "/auth/passkeys/login", { auth: "none", body: { credential, session: "cookie" } }));
  };

  useEffect(() => {
    if (!hasPasskeys || !isOffered) return undefined;
    const controller = new AbortController();
    stop.current = controller;
    const timer = window.setTimeout(again, OFFERED_FOR);
    const offer = async () => {
      const { signal } = controller;
      const request = await options(signal);
      setThere(true);
      if (!(await canAutofill()) || signal.aborted) return;
      const credential = await askForPasskey(request, { mediation: "conditional", signal });
      if (!(await action.run(() => send(credential)))) again();
    };
    offer().catch((failure: unknown) => {
      // Without PUBLIC_URL the service has no passkeys.
      if (!(failure instanceof Problem)) reportError(failure);
    });
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [isOffered, round]);

  const ask = () =>
    action.run(async () => {
      stop.current?.abort();
      setAsking(true);
      try {
        await send(await askForPasskey(await options()));
      } catch (failure) {
        again();
        throw failure;
      } finally {
        setAsking(false);
      }
    });
  return { isThere, isAsking, ask };
}

/** Logs in with a password, a passkey or a code by e-mail, and with a second factor if the account has one. */
export function Login({ name: known = "", inPlace = false }: { name?: string; inPlace?: boolean }) {
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [address, setAddress] = useState<string | null>(null);
  const { action, second, setSecond, enter } = useLogin();
  const form = useRef<HTMLFormElement>(null);
  const passkey = usePasskeyLogin(action, second === null);

  // Says what is missing, and goes to the first field that lacks something.
  const isComplete = (needed: Record<string, string | undefined>) => {
    const found = Object.entries(needed).flatMap(([field, fault]) => (fault === undefined ? [] : [[field, fault]]));
    setMissing(Object.fromEntries(found) as Record<string, string>);
    const first = found[0]?.[0];
    if (first !== undefined) form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
    return first === undefined;
  };
  const required = (value: string) => (value === "" ? t("field.required") : undefined);

  if (second) {
    return (
      <SecondFactor
        step={second}
        onExpired={(failure) => {
          setSecond(null);
          action.fail(failure);
        }}
      />
    );
  }
  if (address !== null) {
    return (
      <div class="stack">
        <MailedCode
          address={address}
          request={() => call("post", "/auth/otp/request", { auth: "none", body: { email: address } })}
          send={(code) =>
            enter(() =>
              call("post", "/auth/otp/verify", { auth: "none", body: { email: address, ...code, session: "cookie" } }),
            )
          }
          submitLabel={t("login.submit")}
        />
        <Button
          kind="ghost"
          wide
          icon="arrowLeft"
          onClick={() => {
            setAddress(null);
          }}
        >
          {t("login.other")}
        </Button>
      </div>
    );
  }

  const submit = async (event: Event) => {
    event.preventDefault();
    if (!isComplete({ name: required(name), password: required(password) })) return;
    await action.run(() => enter(() => passwordLogin(name.trim(), password)));
  };
  const faults = { ...action.faults, ...missing };
  return (
    <div class="stack">
      {!inPlace && <p class="muted">{t("login.lead")}</p>}
      <form ref={form} class="stack" noValidate onSubmit={submit}>
        <ErrorNotice error={action.error} />
        <Field
          label={t("login.name")}
          name="name"
          autocomplete="username webauthn"
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
        <Button kind="primary" type="submit" wide busy={action.busy && !passkey.isAsking}>
          {t("login.submit")}
        </Button>
      </form>
      {!inPlace && (
        <Link to="/forgot" query={{ next: nextOf(), email: name.includes("@") ? name : undefined }} class="quiet-link">
          {t("login.forgot")}
        </Link>
      )}
      <p class="divider">{t("login.or")}</p>
      {passkey.isThere && (
        <Button wide icon="key" busy={passkey.isAsking} onClick={passkey.ask}>
          {t("login.passkey")}
        </Button>
      )}
      <Button
        wide
        icon="mail"
        onClick={() => {
          const fault = name.includes("@") ? undefined : t("login.address_needed");
          if (isComplete({ name: fault })) setAddress(name.trim());
        }}
      >
        {t("login.by_code")}
      </Button>
      {!inPlace && (
        <p class="card-foot">
          {rich("login.new", {
            link: (
              <Link to="/register" query={{ next: nextOf() }}>
                {t("login.register")}
              </Link>
            ),
          })}
        </p>
      )}
    </div>
  );
}

/** Where a login leads to: what is shown, or what a previous page of the login was to lead to. */
export function nextOf(): string | undefined {
  const { path, query } = location.value;
  const known = query.get("next");
  if (known !== null) return known;
  if (path === "/login" || path === "/") return query.size > 0 && path === "/" ? `/?${query.toString()}` : undefined;
  return path + (query.size > 0 ? `?${query.toString()}` : "");
}
