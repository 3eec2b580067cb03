import { useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { t } from "../i18n";
import { type Action, useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Checkbox, Field, Select } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";
import { type Account, roleOptions } from "./names";

type Names = { email: string; username: string; name: string };

// Those of the service, and a name that another account has.
function nameFaults({ error, faults }: Action): Record<string, string> {
  if (!(error instanceof Problem)) return faults;
  if (error.code === "email_taken") return { email: t("error.email_taken") };
  if (error.code === "username_taken") return { username: t("error.username_taken") };
  return faults;
}

function NameFields({
  names,
  onChange,
  faults,
}: {
  names: Names;
  onChange: (names: Names) => void;
  faults: Record<string, string>;
}) {
  return (
    <>
      <Field
        label={t("register.email")}
        name="email"
        type="email"
        autocomplete="off"
        value={names.email}
        onValue={(email) => {
          onChange({ ...names, email });
        }}
        error={faults["email"]}
        autofocus
      />
      <Field
        label={t("register.username")}
        name="username"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={names.username}
        onValue={(username) => {
          onChange({ ...names, username });
        }}
        error={faults["username"]}
      />
      <Field
        label={t("profile.name")}
        optional
        name="name"
        autocomplete="off"
        maxLength={100}
        value={names.name}
        onValue={(name) => {
          onChange({ ...names, name });
        }}
        error={faults["name"]}
      />
    </>
  );
}

export function NewUserForm({ onCreated }: { onCreated: (account: Account) => void }) {
  const [names, setNames] = useState<Names>({ email: "", username: "", name: "" });
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Account["role"]>("user");
  const [isActive, setActive] = useState(true);
  const action = useAction();
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        await action.run(async () => {
          const body: Schemas["AccountOrder"] = {
            email: names.email.trim() || null,
            username: names.username.trim() || null,
            name: names.name.trim() || null,
            role,
            is_active: isActive,
            ...(password === "" ? {} : { password }),
          };
          onCreated(await call("post", "/admin/users", { body }));
        });
      }}
    >
      <ErrorNotice error={action.error} />
      <NameFields names={names} onChange={setNames} faults={nameFaults(action)} />
      <Field
        label={t("login.password")}
        hint={t("users.password_hint")}
        optional
        name="password"
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
        error={action.faults["password"]}
      />
      <Select label={t("users.role")} value={role} onValue={setRole} options={roleOptions()} />
      <Checkbox label={t("users.is_active")} checked={isActive} onValue={setActive} />
      <Button kind="primary" type="submit" wide busy={action.busy}>
        {t("users.create")}
      </Button>
    </form>
  );
}

export function UserNamesForm({
  account,
  change,
}: {
  account: Account;
  change: (changes: Schemas["AccountChange"]) => Promise<void>;
}) {
  const [names, setNames] = useState<Names>({
    email: account.email ?? "",
    username: account.username ?? "",
    name: account.name ?? "",
  });
  const action = useAction();
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        const changes: Schemas["AccountChange"] = {};
        if (names.email.trim() !== (account.email ?? "")) changes.email = names.email.trim();
        if (names.username.trim() !== (account.username ?? "")) changes.username = names.username.trim();
        if (names.name.trim() !== (account.name ?? "")) changes.name = names.name.trim() || null;
        await action.run(() => change(changes));
      }}
    >
      <p class="muted">{t("user.edit_text")}</p>
      <ErrorNotice error={action.error} />
      <NameFields names={names} onChange={setNames} faults={nameFaults(action)} />
      <Button kind="primary" type="submit" wide busy={action.busy}>
        {t("action.save")}
      </Button>
    </form>
  );
}
