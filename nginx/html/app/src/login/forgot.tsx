import { useState } from "preact/hooks";
import { rich, t } from "../i18n";
import { Link, location } from "../router";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { NewPassword } from "./NewPassword";

export default function ForgotPage() {
  const { query } = location.value;
  const [email, setEmail] = useState(query.get("email") ?? "");
  const [isMissing, setMissing] = useState(false);
  const [isAsked, setAsked] = useState(false);
  return (
    <div class="card narrow">
      <h1>{t("forgot.title")}</h1>
      {isAsked ? (
        <NewPassword email={email.trim()} />
      ) : (
        <>
          <p class="muted">{t("forgot.lead")}</p>
          <form
            class="stack"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              setMissing(email.trim() === "");
              setAsked(email.trim() !== "");
            }}
          >
            <Field
              label={t("register.email")}
              name="email"
              type="email"
              autocomplete="email"
              value={email}
              onValue={setEmail}
              error={isMissing ? t("field.required") : undefined}
              autofocus
            />
            <Button kind="primary" type="submit" wide>
              {t("forgot.request")}
            </Button>
          </form>
        </>
      )}
      <p class="card-foot">
        {rich("forgot.back", {
          link: (
            <Link to="/login" query={{ next: query.get("next") ?? undefined }}>
              {t("login.title")}
            </Link>
          ),
        })}
      </p>
    </div>
  );
}
