import { call } from "../api/client";
import { formatDate, formatRelative, t } from "../i18n";
import { logOut } from "../session";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { LoadState, useLoad } from "../ui/load";
import { toast } from "../ui/Toast";
import { nameOfAgent } from "./agent";
import { AccountFrame } from "./Frame";

const METHODS = { password: "sessions.password", otp: "sessions.otp", passkey: "sessions.passkey" } as const;

export default function SessionsPage() {
  const sessions = useLoad((signal) => call("get", "/auth/sessions", { signal }));
  const [confirmation, confirm] = useConfirm();
  const items = sessions.data?.items ?? [];
  return (
    <AccountFrame>
      <Panel
        title={t("sessions.title")}
        text={t("sessions.text")}
        actions={
          items.length > 1 && (
            <Button
              onClick={() => {
                confirm({
                  title: t("sessions.end_others"),
                  text: t("sessions.end_others_text"),
                  action: t("sessions.end_others"),
                  danger: true,
                  run: async () => {
                    await logOut("others");
                    toast(t("sessions.ended"), { kind: "success" });
                    await sessions.reload();
                  },
                });
              }}
            >
              {t("sessions.end_others")}
            </Button>
          )
        }
      >
        <LoadState of={sessions} />
        <ul class="entries">
          {items.map((session) => (
            <li key={session.id}>
              <Icon name="device" />
              <div>
                <strong>{nameOfAgent(session.user_agent)}</strong>{" "}
                {session.current && <span class="badge good">{t("sessions.current")}</span>}
                <p class="muted">
                  {[
                    session.client_address,
                    session.method in METHODS ? t(METHODS[session.method as keyof typeof METHODS]) : session.method,
                    session.acr === "aal2" ? t("sessions.two_factors") : null,
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
                <p class="muted">
                  {t("sessions.since", { date: formatDate(session.created_at) })}
                  {" · "}
                  {t("list.used", { when: formatRelative(session.last_used_at) })}
                </p>
              </div>
              {!session.current && (
                <Button
                  kind="ghost"
                  aria-label={t("sessions.end_one", { name: nameOfAgent(session.user_agent) })}
                  onClick={() => {
                    confirm({
                      title: t("sessions.end"),
                      text: t("sessions.end_text"),
                      action: t("sessions.end"),
                      danger: true,
                      run: async () => {
                        await call("delete", "/auth/sessions/{id}", { path: { id: session.id } });
                        toast(t("sessions.ended"), { kind: "success" });
                        await sessions.reload();
                      },
                    });
                  }}
                >
                  {t("sessions.end")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      {confirmation}
    </AccountFrame>
  );
}
