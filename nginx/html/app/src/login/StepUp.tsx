import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { call } from "../api/client";
import { t } from "../i18n";
import { renewToken, user } from "../session";
import { registerStepUp } from "../step-up";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";

const answer = signal<((succeeded: boolean) => void) | null>(null);

registerStepUp(
  () =>
    new Promise((resolve) => {
      answer.value = (succeeded) => {
        answer.value = null;
        resolve(succeeded);
      };
    }),
);

/** The dialog of withStepUp; once in the document. */
export function StepUpDialog() {
  return answer.value === null ? null : <StepUpForm finish={answer.value} />;
}

function StepUpForm({ finish }: { finish: (succeeded: boolean) => void }) {
  const factor = user.value?.has_second_factor ? "totp" : "password";
  const [secret, setSecret] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      renewToken(await call("post", "/auth/reauthenticate", { body: { [factor]: secret } }));
      finish(true);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t("step_up.title")}
      onClose={() => {
        finish(false);
      }}
    >
      <form class="stack" onSubmit={submit}>
        <p class="muted">{t("step_up.text")}</p>
        <ErrorNotice error={error} />
        <Field
          label={t(factor === "totp" ? "login.code" : "login.password")}
          name={factor}
          type={factor === "totp" ? "text" : "password"}
          {...(factor === "totp" ? { inputMode: "numeric" } : {})}
          autocomplete={factor === "totp" ? "one-time-code" : "current-password"}
          value={secret}
          onValue={setSecret}
          required
          autofocus
        />
        <Button kind="primary" type="submit" wide busy={busy}>
          {t("action.continue")}
        </Button>
      </form>
    </Dialog>
  );
}
