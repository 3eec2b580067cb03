import { t } from "../i18n";
import { LoginForm } from "./LoginForm";

export default function LoginPage() {
  return (
    <div class="card narrow">
      <h1>{t("login.title")}</h1>
      <p class="muted">{t("login.lead")}</p>
      <LoginForm />
    </div>
  );
}
