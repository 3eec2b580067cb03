import { useEffect, useState } from "preact/hooks";
import { Problem, call } from "../api/client";
import { t } from "../i18n";
import { loggedInBy, renewToken, updateUser, user } from "../session";
import { Dialog } from "../ui/Dialog";
import { Skeleton } from "../ui/Loading";
import { ErrorNotice } from "../ui/Notice";
import { FactorForm, type Method, type Proof, usable } from "./Factor";

// An account with a second factor must use it.
async function secondFactors(): Promise<Method[]> {
  const { second_factors: has } = await call("get", "/auth/me");
  return usable([
    ...(has.totp ? ["totp"] : []),
    ...(has.passkeys > 0 ? ["webauthn"] : []),
    ...(has.recovery_codes > 0 ? ["recovery_code"] : []),
  ]);
}
/** What proves who the user is, without a second factor; the likelier first. */
export function firstFactors(): Method[] {
  if (!user.value?.email) return ["password"];
  return loggedInBy().includes("pwd") ? ["password", "otp"] : ["otp", "password"];
}

/** Asks for a recent authentication. */
export function StepUpDialog({ finish }: { finish: (succeeded: boolean) => void }) {
  const [methods, setMethods] = useState<Method[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async (hasSecond: boolean) => {
    setError(null);
    try {
      setMethods(hasSecond ? await secondFactors() : firstFactors());
    } catch (failure) {
      setError(failure);
    }
  };
  useEffect(() => {
    void load(user.value?.has_second_factor === true);
  }, []);

  const send = async (proof: Proof) => {
    try {
      renewToken(await call("post", "/auth/reauthenticate", { body: proof, direct: true }));
      finish(true);
    } catch (failure) {
      // Set up in another browser meanwhile.
      if (!(failure instanceof Problem) || failure.code !== "reauthentication_required") throw failure;
      updateUser({ has_second_factor: true });
      await load(true);
    }
  };
  return (
    <Dialog
      title={t("step_up.title")}
      onClose={() => {
        finish(false);
      }}
    >
      <p class="muted">{t("step_up.text")}</p>
      <ErrorNotice
        error={error}
        retry={() => {
          void load(true);
        }}
      />
      {methods === null ? (
        error === null && <Skeleton lines={2} />
      ) : (
        <FactorForm
          methods={methods}
          address={user.value?.email ?? null}
          passkeyOptions={() => call("post", "/auth/reauthenticate/passkey-options")}
          send={send}
        />
      )}
    </Dialog>
  );
}
