import { t } from "../i18n";
import { Login } from "./Login";

export default function LoginPage() {
  return (
    <div class="card narrow">
      <h1>{t("login.title")}</h1>
      <Login />
    </div>
  );
}
