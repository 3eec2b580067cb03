import { useState } from "preact/hooks";
import { PasskeyForm, TotpForm } from "../account/NewFactor";
import { RecoveryCodes } from "../account/RecoveryCodes";
import { type Schemas, call } from "../api/client";
import { reportError } from "../errors";
import { t } from "../i18n";
import { logOut } from "../session";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNotice } from "../ui/Notice";
import { hasPasskeys } from "./passkeys";

type Step = "choice" | "passkey" | { enrollment: Schemas["TotpEnrollment"] } | { codes: string[] };

/** Sets up the second factor that the account must have. */
export function EnrolmentDialog({ finish }: { finish: (succeeded: boolean) => void }) {
  const [step, setStep] = useState<Step>("choice");
  const { busy, error, run } = useAction();
  const done = (codes: string[]) => {
    if (codes.length > 0) setStep({ codes });
    else finish(true);
  };
  return (
    <Dialog title={t("enrolment.title")}>
      {typeof step === "object" && "codes" in step ? (
        <RecoveryCodes
          codes={step.codes}
          onDone={() => {
            finish(true);
          }}
        />
      ) : (
        <>
          <p class="muted">{t("enrolment.text")}</p>
          <ErrorNotice error={error} />
          {typeof step === "object" ? (
            <TotpForm enrollment={step.enrollment} onDone={done} />
          ) : step === "passkey" ? (
            <PasskeyForm onDone={done} />
          ) : (
            <>
              <Button
                kind="primary"
                wide
                icon="device"
                busy={busy}
                onClick={() =>
                  run(async () => {
                    setStep({ enrollment: await call("post", "/auth/totp") });
                  })
                }
              >
                {t("enrolment.totp")}
              </Button>
              {hasPasskeys && (
                <Button
                  wide
                  icon="key"
                  onClick={() => {
                    setStep("passkey");
                  }}
                >
                  {t("enrolment.passkey")}
                </Button>
              )}
            </>
          )}
          {step !== "choice" && (
            <Button
              kind="ghost"
              wide
              icon="arrowLeft"
              onClick={() => {
                setStep("choice");
              }}
            >
              {t("enrolment.other")}
            </Button>
          )}
          <Button kind="ghost" wide onClick={() => logOut().catch(reportError)}>
            {t("account.log_out")}
          </Button>
        </>
      )}
    </Dialog>
  );
}
