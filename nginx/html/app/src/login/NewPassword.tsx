import { useState } from "preact/hooks";
import { call } from "../api/client";
import { t } from "../i18n";
import { useAction } from "../ui/action";
import { Field } from "../ui/Field";
import { toast } from "../ui/Toast";
import { MailedCode, type SentCode } from "./Code";
import { SecondFactor, passwordLogin, useLogin } from "./Login";

/** Sets a new password with a code by e-mail. That ends all sessions, so it logs in with the password. */
export function NewPassword({ email, onDone }: { email: string; onDone?: () => void }) {
  const [password, setPassword] = useState("");
  const [isMissing, setMissing] = useState(false);
  const { faults, fail } = useAction();
  const { second, setSecond, enter } = useLogin(onDone);

  const setNew = async (code: SentCode) => {
    setMissing(password === "");
    if (password === "") return;
    fail(null);
    try {
      await call("post", "/auth/password/reset", { auth: "none", body: { email, ...code, new_password: password } });
    } catch (failure) {
      fail(failure);
      throw failure;
    }
    toast(t("password.changed"), { kind: "success" });
    await enter(() => passwordLogin(email, password));
  };
  if (second) {
    return (
      <SecondFactor
        step={second}
        onDone={onDone}
        onExpired={() => {
          setSecond(null);
        }}
      />
    );
  }
  return (
    <MailedCode
      address={email}
      request={() => call("post", "/auth/password/forgot", { auth: "none", body: { email } })}
      send={setNew}
      submitLabel={t("forgot.submit")}
    >
      <Field
        label={t("password.new")}
        hint={t("password.hint")}
        name="new_password"
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
        error={isMissing ? t("field.required") : faults["new_password"]}
      />
    </MailedCode>
  );
}
