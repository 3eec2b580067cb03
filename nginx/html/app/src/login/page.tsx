import { rich, t } from "../i18n";
import { Link } from "../router";
import { Login, nextOf } from "./Login";

export default function LoginPage() {
  return (
    <div class="card narrow">
      <h1>{t("login.title")}</h1>
      <p class="muted">{t("login.lead")}</p>
      <Login />
      <p class="card-foot">
        {rich("login.new", {
          link: (
            <Link to="/register" query={{ next: nextOf() }}>
              {t("login.register")}
            </Link>
          ),
        })}
      </p>
    </div>
  );
}
