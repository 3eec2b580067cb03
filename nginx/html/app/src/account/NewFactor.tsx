import { useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { Explained } from "../errors";
import { t } from "../i18n";
import { CodeField } from "../login/Code";
import { createPasskey } from "../login/passkeys";
import { renewToken, updateUser } from "../session";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { CopyButton } from "../ui/copy";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";
import { nameOfAgent } from "./agent";

// The session has the new factor. There are recovery codes with the first one.
function adopt(answer: Schemas["NewFactor"]): string[] {
  renewToken(answer);
  updateUser({ has_second_factor: true });
  return answer.recovery_codes;
}

/** Shows the secret for an authenticator app, and takes its first code. */
export function TotpForm({
  enrollment,
  onDone,
}: {
  enrollment: Schemas["TotpEnrollment"];
  onDone: (recoveryCodes: string[]) => void;
}) {
  const [code, setCode] = useState("");
  const { busy, error, faults, run } = useAction();
  const submit = async (value: string) => {
    const succeeded = await run(async () => {
      onDone(adopt(await call("post", "/auth/totp/confirm", { body: { code: value } })));
    });
    if (!succeeded) setCode("");
  };
  return (
    <div class="stack">
      <p class="muted">{t("totp.scan")}</p>
      <img
        class="qr"
        alt={t("totp.qr")}
        src={`data:image/svg+xml,${encodeURIComponent(enrollment.qr_svg)}`}
        width="200"
        height="200"
      />
      <details>
        <summary>{t("totp.by_hand")}</summary>
        <div class="row">
          <code class="secret">{enrollment.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <CopyButton text={enrollment.secret} />
        </div>
      </details>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          return submit(code);
        }}
      >
        <ErrorNotice error={error} />
        <CodeField
          label={t("login.code")}
          hint={t("login.code_hint")}
          name="code"
          value={code}
          onValue={setCode}
          onComplete={submit}
          isExact
          error={faults["code"]}
        />
        <Button kind="primary" type="submit" wide busy={busy}>
          {t("totp.enable")}
        </Button>
      </form>
    </div>
  );
}

async function creationOptions(): Promise<Schemas["PublicKeyCredentialCreationOptions"]> {
  try {
    return await call("post", "/auth/passkeys/options");
  } catch (error) {
    // Without the setting PUBLIC_URL.
    if (error instanceof Problem && error.status === 404) throw new Explained(t("passkey.unavailable"));
    throw error;
  }
}

/** Names and registers a passkey. */
export function PasskeyForm({ onDone }: { onDone: (recoveryCodes: string[]) => void }) {
  const [name, setName] = useState(() => nameOfAgent(navigator.userAgent));
  const { busy, error, faults, run } = useAction();
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        await run(async () => {
          const credential = await createPasskey(await creationOptions());
          onDone(adopt(await call("post", "/auth/passkeys", { body: { name: name.trim(), credential } })));
        });
      }}
    >
      <p class="muted">{t("passkey.text")}</p>
      <ErrorNotice error={error} />
      <Field
        label={t("passkey.name")}
        hint={t("passkey.name_hint")}
        name="name"
        maxLength={100}
        value={name}
        onValue={setName}
        error={name.trim() === "" ? t("field.required") : faults["name"]}
        autofocus
      />
      <Button kind="primary" type="submit" wide icon="key" busy={busy}>
        {t("passkey.create")}
      </Button>
    </form>
  );
}
