import { useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { LANGUAGE_NAMES, type Language, languageChoice, setLanguage, t } from "../i18n";
import { MailedCode } from "../login/Code";
import { FactorForm } from "../login/Factor";
import { firstFactors } from "../login/StepUp";
import { sessionEnded, updateUser } from "../session";
import { type Theme, setTheme, theme } from "../theme";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field, Select } from "../ui/Field";
import { Panel } from "../ui/Frame";
import { LoadState, useLoad } from "../ui/load";
import { ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { AccountFrame } from "./Frame";

type Account = Schemas["OwnAccount"];

export default function ProfilePage() {
  const account = useLoad((signal) => call("get", "/auth/me", { signal }));
  const { data } = account;
  const change = (changes: Partial<Account>) => {
    if (data) account.change({ ...data, ...changes });
    updateUser(changes);
  };
  return (
    <AccountFrame>
      <LoadState of={account} lines={6} />
      {data && (
        <>
          <Names account={data} change={change} />
          <Address account={data} change={change} />
        </>
      )}
      <Settings />
      {data && <Deletion account={data} />}
    </AccountFrame>
  );
}

type Part = { account: Account; change: (changes: Partial<Account>) => void };

function Names({ account, change }: Part) {
  const [name, setName] = useState(account.name ?? "");
  const [username, setUsername] = useState(account.username ?? "");
  const { busy, error, faults, run } = useAction();
  const isTaken = error instanceof Problem && error.code === "username_taken";
  const submit = async (event: Event) => {
    event.preventDefault();
    await run(async () => {
      const wanted = username.trim();
      const body = { name: name.trim() || null, ...(wanted === (account.username ?? "") ? {} : { username: wanted }) };
      const changed = await call("patch", "/auth/me", { body });
      if ("challenge" in changed) return;
      change({ name: changed.name, username: changed.username });
      toast(t("action.saved"), { kind: "success" });
    });
  };
  return (
    <Panel title={t("profile.title")}>
      <form class="stack form" noValidate onSubmit={submit}>
        {!isTaken && <ErrorNotice error={error} />}
        <Field
          label={t("profile.name")}
          hint={t("profile.name_hint")}
          name="name"
          autocomplete="name"
          maxLength={100}
          value={name}
          onValue={setName}
          error={faults["name"]}
        />
        <Field
          label={t("register.username")}
          hint={t("register.username_hint")}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          value={username}
          onValue={setUsername}
          error={isTaken ? t("error.username_taken") : faults["username"]}
        />
        <div>
          <Button kind="primary" type="submit" busy={busy}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Address({ account, change }: Part) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <Panel
      title={t("address.title")}
      text={account.email ?? t("address.none")}
      actions={
        <>
          {account.email !== null && (
            <span class={account.email_verified ? "badge good" : "badge"}>
              {t(account.email_verified ? "address.verified" : "address.unverified")}
            </span>
          )}
          <Button
            onClick={() => {
              setOpen(true);
            }}
          >
            {t(account.email === null ? "address.add" : "address.change")}
          </Button>
        </>
      }
    >
      {isOpen && (
        <Dialog title={t("address.change")} onClose={close}>
          <AddressForm
            onChanged={({ email, email_verified }) => {
              change({ email, email_verified });
              toast(t("address.changed"), { kind: "success" });
              close();
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}

function AddressForm({ onChanged }: { onChanged: (user: Schemas["User"]) => void }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState<Schemas["CodeRequested"] | null>(null);
  const { busy, error, faults, run, fail } = useAction();
  const request = async () => {
    const answer = await call("patch", "/auth/me", { body: { email } });
    // An address alone is never changed at once.
    if (!("challenge" in answer)) throw new Error("the address was changed without a code");
    return answer;
  };
  if (sent) {
    return (
      <MailedCode
        address={email}
        first={sent}
        request={request}
        send={async (code) => {
          const answer = await call("patch", "/auth/me", { body: { email, ...code } });
          if (!("challenge" in answer)) onChanged(answer);
        }}
        submitLabel={t("address.change")}
      />
    );
  }
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        if (email.trim() === "") fail(new Error());
        else
          await run(async () => {
            setSent(await request());
          });
      }}
    >
      <p class="muted">{t("address.text")}</p>
      {email !== "" && <ErrorNotice error={error} />}
      <Field
        label={t("address.new")}
        name="email"
        type="email"
        autocomplete="email"
        value={email}
        onValue={(text) => {
          setEmail(text.trim());
        }}
        error={error !== null && email === "" ? t("field.required") : faults["email"]}
        autofocus
      />
      <Button kind="primary" type="submit" wide busy={busy}>
        {t("forgot.request")}
      </Button>
    </form>
  );
}

function Settings() {
  const languages = (Object.entries(LANGUAGE_NAMES) as [Language, string][]).map(([value, label]) => ({
    value,
    label,
  }));
  return (
    <Panel title={t("settings.title")} text={t("settings.text")}>
      <div class="stack form columns">
        <Select<Theme>
          label={t("theme.label")}
          value={theme.value}
          onValue={setTheme}
          options={[
            { value: "auto", label: t("theme.auto") },
            { value: "light", label: t("theme.light") },
            { value: "dark", label: t("theme.dark") },
          ]}
        />
        <Select<Language | "auto">
          label={t("language.label")}
          value={languageChoice.value}
          onValue={setLanguage}
          options={[{ value: "auto", label: t("language.auto") }, ...languages]}
        />
      </div>
    </Panel>
  );
}

function Deletion({ account }: { account: Account }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      danger
      title={t("deletion.title")}
      text={t("deletion.text")}
      actions={
        <Button
          kind="danger"
          onClick={() => {
            setOpen(true);
          }}
        >
          {t("deletion.title")}
        </Button>
      }
    >
      {isOpen && (
        <Dialog
          title={t("deletion.title")}
          onClose={() => {
            setOpen(false);
          }}
        >
          <p>{t("deletion.warning")}</p>
          <FactorForm
            methods={firstFactors()}
            address={account.email}
            kind="danger"
            submitLabel={t("deletion.action")}
            send={async ({ password, otp, challenge }) => {
              await call("delete", "/auth/me", {
                body: password !== undefined ? { password } : { otp: otp ?? "", challenge: challenge ?? null },
              });
              await sessionEnded();
              toast(t("deletion.done"), { kind: "success" });
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}
