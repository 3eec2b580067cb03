import { useRef, useState } from "preact/hooks";
import { Problem, call } from "../api/client";
import { rich, t } from "../i18n";
import { Link, location } from "../router";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { SecondFactor, passwordLogin, useLogin } from "./Login";

const TAKEN = new Map([
  ["email_taken", "email"],
  ["username_taken", "username"],
]);

export default function RegisterPage() {
  const [email, setEmail] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<Record<string, string>>({});
  // After a registration only the login is repeated.
  const isRegistered = useRef(false);
  const form = useRef<HTMLFormElement>(null);
  const { action, second, setSecond, enter } = useLogin();
  const next = location.value.query.get("next") ?? undefined;

  const submit = async (event: Event) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (email === "" && username === "") found["email"] = t("register.name_needed");
    if (password === "") found["password"] = t("field.required");
    setMissing(found);
    const succeeded =
      Object.keys(found).length === 0 &&
      (await action.run(async () => {
        if (!isRegistered.current) {
          const names = { email: email.trim() || null, username: username.trim() || null };
          await call("post", "/auth/register", { auth: "none", body: { ...names, password } });
          isRegistered.current = true;
        }
        await enter(() => passwordLogin(email.trim() || username.trim(), password));
      }));
    if (!succeeded) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLInputElement>("[aria-invalid=true]")?.focus());
    }
  };

  const { error } = action;
  const isClosed = error instanceof Problem && error.code === "registration_closed";
  const taken = error instanceof Problem ? TAKEN.get(error.code) : undefined;
  const faults = {
    ...action.faults,
    ...(taken ? { [taken]: t(taken === "email" ? "error.email_taken" : "error.username_taken") } : {}),
    ...missing,
  };
  const back = (
    <Link to="/login" query={{ next }}>
      {t("login.title")}
    </Link>
  );
  if (isClosed) {
    return (
      <div class="card narrow">
        <EmptyState icon="lock" title={t("register.closed.title")}>
          <p class="muted">{t("register.closed.text")}</p>
          {back}
        </EmptyState>
      </div>
    );
  }
  return (
    <div class="card narrow">
      <h1>{t("register.title")}</h1>
      <p class="muted">{t("register.lead")}</p>
      {second ? (
        <SecondFactor
          step={second}
          onExpired={(failure) => {
            setSecond(null);
            action.fail(failure);
          }}
        />
      ) : (
        <form ref={form} class="stack" noValidate onSubmit={submit}>
          {!taken && <ErrorNotice error={error} />}
          <Field
            label={t("register.email")}
            name="email"
            type="email"
            autocomplete="email"
            value={email}
            onValue={setEmail}
            error={faults["email"]}
            autofocus
          />
          <Field
            label={t("register.username")}
            hint={t("register.username_hint")}
            optional
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={username}
            onValue={setUsername}
            error={faults["username"]}
          />
          <Field
            label={t("login.password")}
            hint={t("password.hint")}
            name="password"
            type="password"
            autocomplete="new-password"
            value={password}
            onValue={setPassword}
            error={faults["password"]}
          />
          <Button kind="primary" type="submit" wide busy={action.busy}>
            {t("register.submit")}
          </Button>
        </form>
      )}
      <p class="card-foot">{rich("register.known", { link: back })}</p>
    </div>
  );
}
