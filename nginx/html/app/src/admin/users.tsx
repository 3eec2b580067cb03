import { useEffect, useRef, useState } from "preact/hooks";
import { type Schemas, call } from "../api/client";
import { formatRelative, t } from "../i18n";
import { Link, location, navigate, setQuery } from "../router";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { LoadState, More, usePages } from "../ui/load";
import { EmptyState } from "../ui/Notice";
import { announce, toast } from "../ui/Toast";
import { AdminFrame } from "./Frame";
import { type Account, ROLES, STATES, listOf, nameOf, roleOptions, roleText, stateOptions, stateText } from "./names";
import { Toggles } from "./Toggles";
import { NewUserForm } from "./UserForms";

const TYPING_PAUSE = 200;

export default function UsersPage() {
  const { query } = location.value;
  const q = query.get("q") ?? "";
  const role = listOf(query.get("role"), ROLES);
  const state = listOf(query.get("state"), STATES);
  const [text, setText] = useState(q);
  const [isCreating, setCreating] = useState(false);
  const timer = useRef(0);
  const users = usePages<Account, Schemas["AccountPage"]>(
    (cursor, signal) =>
      call("get", "/admin/users", {
        query: { q: q === "" ? undefined : q, role, state, limit: 50, cursor, count: cursor === undefined },
        signal,
      }),
    [q, role.join(), state.join()],
  );
  const total = users.data?.first.total;
  useEffect(() => {
    if (total !== undefined) announce(t("users.count", { count: total }));
  }, [total]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
    },
    [],
  );
  return (
    <AdminFrame
      actions={
        <Button
          kind="primary"
          icon="plus"
          onClick={() => {
            setCreating(true);
          }}
        >
          {t("users.new")}
        </Button>
      }
    >
      <div class="filters" role="search">
        <Field
          label={t("users.search")}
          labelHidden
          type="search"
          placeholder={t("users.search")}
          name="q"
          maxLength={200}
          value={text}
          onValue={(value) => {
            setText(value);
            window.clearTimeout(timer.current);
            timer.current = window.setTimeout(() => {
              setQuery({ q: value.trim() || undefined });
            }, TYPING_PAUSE);
          }}
        />
        <Toggles label={t("users.role")} values={roleOptions()} name="role" chosen={role} />
        <Toggles label={t("users.state")} values={stateOptions()} name="state" chosen={state} />
      </div>
      {total !== undefined && <p class="muted count">{t("users.count", { count: total })}</p>}
      <LoadState of={users} lines={6} />
      {users.data?.items.length === 0 && <EmptyState icon="users" title={t("users.none")} />}
      <ul class="entries linked">
        {users.data?.items.map((account) => (
          <li key={account.id}>
            <span class="avatar" aria-hidden="true">
              {nameOf(account).slice(0, 1).toUpperCase()}
            </span>
            <div>
              <Link to={`/admin/users/${account.id}`}>{nameOf(account)}</Link>
              <p class="muted">
                {[
                  account.name === null && account.username === null ? null : account.email,
                  account.last_login_at === null
                    ? t("users.never_logged_in")
                    : t("users.last_login", { when: formatRelative(account.last_login_at) }),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
            <div class="row">
              {account.role !== "user" && <span class="badge">{roleText(account.role)}</span>}
              {account.has_second_factor && <span class="badge good">{t("users.two_factors")}</span>}
              {account.state !== "active" && <span class="badge bad">{stateText(account.state)}</span>}
            </div>
          </li>
        ))}
      </ul>
      <More of={users} />
      {isCreating && (
        <Dialog
          title={t("users.new")}
          onClose={() => {
            setCreating(false);
          }}
        >
          <NewUserForm
            onCreated={(account) => {
              toast(t("users.created"), { kind: "success" });
              navigate(`/admin/users/${account.id}`);
            }}
          />
        </Dialog>
      )}
    </AdminFrame>
  );
}
