import { useState } from "preact/hooks";
import { TokenEntry, isOver } from "../account/TokenEntry";
import { type Schemas, call } from "../api/client";
import { formatDate, formatNumber, formatRelative, t } from "../i18n";
import { Link, type PageProps, navigate } from "../router";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Field";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { LoadState, useLoad } from "../ui/load";
import { ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { AdminFrame } from "./Frame";
import { nameOf, roleOptions, stateText } from "./names";
import { UserNamesForm } from "./UserForms";

type Detail = Schemas["AccountDetail"];
type Confirm = ReturnType<typeof useConfirm>[1];

export default function UserPage({ params }: PageProps) {
  const id = params["id"] ?? "";
  const account = useLoad((signal) => call("get", "/admin/users/{id}", { path: { id }, signal }), [id]);
  const [confirmation, confirm] = useConfirm();
  const { data } = account;
  const change = async (changes: Schemas["AccountChange"]) => {
    await call("patch", "/admin/users/{id}", { path: { id }, body: changes });
    toast(t("action.saved"), { kind: "success" });
    await account.reload();
  };
  return (
    <AdminFrame>
      <Link to="/admin/users" class="back">
        <Icon name="arrowLeft" size={16} /> {t("users.title")}
      </Link>
      <LoadState of={account} lines={6} />
      {data && (
        <>
          <Summary account={data} change={change} />
          <Access account={data} change={change} confirm={confirm} reload={account.reload} />
          <Tokens id={id} confirm={confirm} />
          <Panel
            danger
            title={t("user.delete")}
            text={t("user.delete_lead")}
            actions={
              <Button
                kind="danger"
                onClick={() => {
                  confirm({
                    title: t("user.delete"),
                    text: t("user.delete_text", { name: nameOf(data) }),
                    action: t("user.delete"),
                    danger: true,
                    run: async () => {
                      await call("delete", "/admin/users/{id}", { path: { id } });
                      toast(t("user.deleted"), { kind: "success" });
                      navigate("/admin/users", { replace: true });
                    },
                  });
                }}
              >
                {t("user.delete")}
              </Button>
            }
          />
        </>
      )}
      {confirmation}
    </AdminFrame>
  );
}

type Change = (changes: Schemas["AccountChange"]) => Promise<void>;

function Summary({ account, change }: { account: Detail; change: Change }) {
  const [isEditing, setEditing] = useState(false);
  const { todo, in_progress, done } = account.tasks.by_status;
  const close = () => {
    setEditing(false);
  };
  const facts: [string, string][] = [
    [t("register.email"), account.email ?? t("address.none")],
    [t("register.username"), account.username ?? "–"],
    [t("user.created"), formatDate(account.created_at)],
    [
      t("user.last_login"),
      account.last_login_at === null ? t("users.never_logged_in") : formatRelative(account.last_login_at),
    ],
    [t("user.sessions"), formatNumber(account.live_sessions)],
    [
      t("tasks.title"),
      t("user.tasks", {
        open: formatNumber(todo + in_progress),
        done: formatNumber(done),
        trash: formatNumber(account.tasks.trash),
      }),
    ],
    [t("user.events"), formatNumber(account.last_24_hours.security_events)],
  ];
  return (
    <Panel
      title={nameOf(account)}
      text={
        <>
          <span class={account.state === "active" ? "badge good" : "badge bad"}>{stateText(account.state)}</span>{" "}
          {account.has_second_factor && <span class="badge good">{t("users.two_factors")}</span>}{" "}
          {account.email !== null && !account.email_verified && <span class="badge">{t("address.unverified")}</span>}
        </>
      }
      actions={
        <Button
          icon="edit"
          onClick={() => {
            setEditing(true);
          }}
        >
          {t("user.edit")}
        </Button>
      }
    >
      <dl class="facts short">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        <Link to="/admin/audit" query={{ actor: account.id }} class="button ghost">
          {t("user.audit_by")}
        </Link>
        <Link to="/admin/audit" query={{ object: account.id }} class="button ghost">
          {t("user.audit_about")}
        </Link>
      </div>
      {isEditing && (
        <Dialog title={t("user.edit")} onClose={close}>
          <UserNamesForm
            account={account}
            change={async (changes) => {
              if (Object.keys(changes).length > 0) await change(changes);
              close();
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}

function Access({
  account,
  change,
  confirm,
  reload,
}: {
  account: Detail;
  change: Change;
  confirm: Confirm;
  reload: () => Promise<void>;
}) {
  const { error, run } = useAction();
  const path = { id: account.id };
  const locks = Object.values(account.locked_until).flatMap((until) => (until === null ? [] : [Date.parse(until)]));
  const isLocked = locks.some((until) => until > Date.now());
  return (
    <Panel title={t("user.access")}>
      <ErrorNotice error={error} />
      <ul class="entries">
        <li>
          <div>
            <strong>{t("users.role")}</strong>
            <p class="muted">{t("user.role_text")}</p>
          </div>
          <Select
            label={t("users.role")}
            labelHidden
            value={account.role}
            options={roleOptions()}
            onValue={(role) => run(() => change({ role }))}
          />
        </li>
        <li>
          <div>
            <strong>{t(account.is_active ? "user.is_active" : "user.is_inactive")}</strong>
            <p class="muted">{t("user.active_text")}</p>
          </div>
          {account.is_active ? (
            <Button
              kind="danger"
              onClick={() => {
                confirm({
                  title: t("user.deactivate"),
                  text: t("user.deactivate_text", { name: nameOf(account) }),
                  action: t("user.deactivate"),
                  danger: true,
                  run: () => change({ is_active: false }),
                });
              }}
            >
              {t("user.deactivate")}
            </Button>
          ) : (
            <Button onClick={() => run(() => change({ is_active: true }))}>{t("user.activate")}</Button>
          )}
        </li>
        {isLocked && (
          <li>
            <div>
              <strong>{t("user.locked")}</strong>
              <p class="muted">{t("user.locked_until", { time: formatDate(Math.max(...locks)) })}</p>
            </div>
            <Button onClick={() => run(() => change({ locked: false }))}>{t("user.unlock")}</Button>
          </li>
        )}
        <li>
          <div>
            <strong>{t("login.password")}</strong>
            <p class="muted">{t("user.reset_text")}</p>
          </div>
          <Button
            disabled={account.email === null}
            onClick={() => {
              confirm({
                title: t("user.reset"),
                text: t("user.reset_confirm", { address: account.email ?? "" }),
                action: t("user.reset"),
                run: () => change({ password_reset: true }),
              });
            }}
          >
            {t("user.reset")}
          </Button>
        </li>
        <li>
          <div>
            <strong>{t("sessions.title")}</strong>
            <p class="muted">{t("user.live_sessions", { count: account.live_sessions })}</p>
          </div>
          <Button
            disabled={account.live_sessions === 0}
            onClick={() => {
              confirm({
                title: t("user.end_sessions"),
                text: t("user.end_sessions_text", { name: nameOf(account) }),
                action: t("user.end_sessions"),
                danger: true,
                run: async () => {
                  const { ended } = await call("delete", "/admin/users/{id}/sessions", { path });
                  toast(t("user.sessions_ended", { count: ended }), { kind: "success" });
                  await reload();
                },
              });
            }}
          >
            {t("user.end_sessions")}
          </Button>
        </li>
        <li>
          <div>
            <strong>{t("user.factors")}</strong>
            <p class="muted">{t(account.has_second_factor ? "user.has_factors" : "user.no_factors")}</p>
          </div>
          <Button
            disabled={!account.has_second_factor}
            onClick={() => {
              confirm({
                title: t("user.reset_factors"),
                text: t("user.reset_factors_text", { name: nameOf(account) }),
                action: t("user.reset_factors"),
                danger: true,
                run: async () => {
                  await call("delete", "/admin/users/{id}/mfa", { path });
                  toast(t("user.factors_reset"), { kind: "success" });
                  await reload();
                },
              });
            }}
          >
            {t("user.reset_factors")}
          </Button>
        </li>
      </ul>
    </Panel>
  );
}

function Tokens({ id, confirm }: { id: string; confirm: Confirm }) {
  const tokens = useLoad((signal) => call("get", "/admin/users/{id}/tokens", { path: { id }, signal }), [id]);
  const items = tokens.data?.items ?? [];
  const isAnyValid = items.some((token) => !isOver(token));
  return (
    <Panel
      title={t("tokens.title")}
      text={tokens.data && items.length === 0 ? t("tokens.none") : t("user.tokens_text")}
      actions={
        isAnyValid && (
          <Button
            kind="danger"
            onClick={() => {
              confirm({
                title: t("user.revoke_tokens"),
                text: t("user.revoke_tokens_text"),
                action: t("user.revoke_tokens"),
                danger: true,
                run: async () => {
                  const { revoked } = await call("delete", "/admin/users/{id}/tokens", { path: { id } });
                  toast(t("user.tokens_revoked", { count: revoked }), { kind: "success" });
                  await tokens.reload();
                },
              });
            }}
          >
            {t("user.revoke_tokens")}
          </Button>
        )
      }
    >
      <LoadState of={tokens} />
      <ul class="entries">
        {items.map((token) => (
          <li key={token.id}>
            <Icon name="key" />
            <TokenEntry token={token} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
