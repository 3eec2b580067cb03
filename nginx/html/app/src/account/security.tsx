import { useState } from "preact/hooks";
import { Problem, type Schemas, call } from "../api/client";
import { formatDate, formatRelative, t } from "../i18n";
import { NewPassword } from "../login/NewPassword";
import { hasPasskeys } from "../login/passkeys";
import { updateUser, user } from "../session";
import { useAction } from "../ui/action";
import { Button, IconButton } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { type Loaded, LoadState, useLoad } from "../ui/load";
import { ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { AccountFrame } from "./Frame";
import { PasskeyForm, TotpForm } from "./NewFactor";
import { RecoveryCodes } from "./RecoveryCodes";
import { RenameDialog } from "./RenameDialog";

type Factors = { account: Schemas["OwnAccount"]; passkeys: Schemas["Passkey"][] };

export default function SecurityPage() {
  const factors = useLoad<Factors>(async (signal) => {
    const [account, { items }] = await Promise.all([
      call("get", "/auth/me", { signal }),
      call("get", "/auth/passkeys", { signal }),
    ]);
    updateUser({ has_second_factor: account.has_second_factor });
    return { account, passkeys: items };
  });
  const [codes, setCodes] = useState<string[]>([]);
  const [confirmation, confirm] = useConfirm();
  const added = (recoveryCodes: string[]) => {
    setCodes(recoveryCodes);
    void factors.reload();
  };
  const close = () => {
    setCodes([]);
  };
  const { data } = factors;
  return (
    <AccountFrame>
      <Password email={user.value?.email ?? null} />
      <LoadState of={factors} lines={4} />
      {data && (
        <>
          <Totp isOn={data.account.second_factors.totp} added={added} factors={factors} confirm={confirm} />
          <Passkeys items={data.passkeys} added={added} factors={factors} confirm={confirm} />
          {data.account.has_second_factor && (
            <Panel
              title={t("recovery.title")}
              text={t("recovery.left", { count: data.account.second_factors.recovery_codes })}
              actions={
                <Button
                  onClick={() => {
                    confirm({
                      title: t("recovery.new"),
                      text: t("recovery.new_text"),
                      action: t("recovery.new"),
                      run: async () => {
                        added((await call("post", "/auth/recovery-codes")).recovery_codes);
                      },
                    });
                  }}
                >
                  {t("recovery.new")}
                </Button>
              }
            />
          )}
        </>
      )}
      {confirmation}
      {codes.length > 0 && (
        <Dialog title={t("recovery.title")} onClose={close}>
          <RecoveryCodes codes={codes} onDone={close} />
        </Dialog>
      )}
    </AccountFrame>
  );
}

function Password({ email }: { email: string | null }) {
  const [dialog, setDialog] = useState<"change" | "code" | null>(null);
  const close = () => {
    setDialog(null);
  };
  return (
    <Panel
      title={t("login.password")}
      text={t("password.text")}
      actions={
        <Button
          onClick={() => {
            setDialog("change");
          }}
        >
          {t("password.change")}
        </Button>
      }
    >
      {dialog === "change" && (
        <Dialog title={t("password.change")} onClose={close}>
          <PasswordForm onDone={close} />
          {email !== null && (
            <Button
              kind="ghost"
              wide
              onClick={() => {
                setDialog("code");
              }}
            >
              {t("password.by_code")}
            </Button>
          )}
        </Dialog>
      )}
      {dialog === "code" && email !== null && (
        <Dialog title={t("forgot.title")} onClose={close}>
          <NewPassword email={email} onDone={close} />
        </Dialog>
      )}
    </Panel>
  );
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isChecked, setChecked] = useState(false);
  const { busy, error, faults, run } = useAction();
  const isWrong = error instanceof Problem && error.code === "invalid_credentials";
  const missing = (value: string) => (isChecked && value === "" ? t("field.required") : undefined);
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        setChecked(true);
        if (current === "" || next === "") return;
        await run(async () => {
          await call("put", "/auth/password", { body: { current_password: current, new_password: next } });
          toast(t("password.changed"), { kind: "success" });
          onDone();
        });
      }}
    >
      {!isWrong && <ErrorNotice error={error} />}
      <Field
        label={t("password.current")}
        name="current_password"
        type="password"
        autocomplete="current-password"
        value={current}
        onValue={setCurrent}
        error={missing(current) ?? (isWrong ? t("password.wrong") : faults["current_password"])}
        autofocus
      />
      <Field
        label={t("password.new")}
        hint={t("password.hint")}
        name="new_password"
        type="password"
        autocomplete="new-password"
        value={next}
        onValue={setNext}
        error={missing(next) ?? faults["new_password"]}
      />
      <Button kind="primary" type="submit" wide busy={busy}>
        {t("password.change")}
      </Button>
    </form>
  );
}

type Part = {
  added: (recoveryCodes: string[]) => void;
  factors: Loaded<Factors>;
  confirm: ReturnType<typeof useConfirm>[1];
};

function Totp({ isOn, added, factors, confirm }: Part & { isOn: boolean }) {
  const [enrollment, setEnrollment] = useState<Schemas["TotpEnrollment"] | null>(null);
  const { busy, error, run } = useAction();
  const close = () => {
    setEnrollment(null);
  };
  return (
    <Panel
      title={t("totp.title")}
      text={t("totp.text")}
      actions={
        isOn ? (
          <>
            <span class="badge good">{t("totp.on")}</span>
            <Button
              onClick={() => {
                confirm({
                  title: t("totp.remove"),
                  text: t("totp.remove_text"),
                  action: t("totp.remove"),
                  danger: true,
                  run: async () => {
                    await call("delete", "/auth/totp");
                    toast(t("totp.removed"), { kind: "success" });
                    await factors.reload();
                  },
                });
              }}
            >
              {t("totp.remove")}
            </Button>
          </>
        ) : (
          <Button
            busy={busy}
            onClick={() =>
              run(async () => {
                setEnrollment(await call("post", "/auth/totp"));
              })
            }
          >
            {t("totp.add")}
          </Button>
        )
      }
    >
      <ErrorNotice error={error} />
      {enrollment && (
        <Dialog title={t("totp.add")} onClose={close}>
          <TotpForm
            enrollment={enrollment}
            onDone={(codes) => {
              close();
              toast(t("totp.added"), { kind: "success" });
              added(codes);
            }}
          />
        </Dialog>
      )}
    </Panel>
  );
}

function Passkeys({ items, added, factors, confirm }: Part & { items: Schemas["Passkey"][] }) {
  const [isAdding, setAdding] = useState(false);
  const [renamed, setRenamed] = useState<Schemas["Passkey"] | null>(null);
  const close = () => {
    setAdding(false);
    setRenamed(null);
  };
  return (
    <Panel
      title={t("passkey.list")}
      text={t("passkey.text")}
      actions={
        hasPasskeys && (
          <Button
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("passkey.add")}
          </Button>
        )
      }
    >
      {items.length > 0 && (
        <ul class="entries">
          {items.map((passkey) => (
            <li key={passkey.id}>
              <Icon name="key" />
              <div>
                <strong>{passkey.name}</strong>
                <p class="muted">
                  {t("passkey.created", { date: formatDate(passkey.created_at, "date") })}
                  {" · "}
                  {passkey.last_used_at === null
                    ? t("list.never_used")
                    : t("list.used", { when: formatRelative(passkey.last_used_at) })}
                  {passkey.backed_up && ` · ${t("passkey.synchronised")}`}
                </p>
              </div>
              <IconButton
                icon="edit"
                label={t("list.rename", { name: passkey.name })}
                onClick={() => {
                  setRenamed(passkey);
                }}
              />
              <IconButton
                icon="trash"
                label={t("list.delete", { name: passkey.name })}
                onClick={() => {
                  confirm({
                    title: t("passkey.delete"),
                    text: t("passkey.delete_text", { name: passkey.name }),
                    action: t("action.delete"),
                    danger: true,
                    run: async () => {
                      await call("delete", "/auth/passkeys/{id}", { path: { id: passkey.id } });
                      toast(t("passkey.deleted"), { kind: "success" });
                      await factors.reload();
                    },
                  });
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {isAdding && (
        <Dialog title={t("passkey.add")} onClose={close}>
          <PasskeyForm
            onDone={(codes) => {
              close();
              toast(t("passkey.added"), { kind: "success" });
              added(codes);
            }}
          />
        </Dialog>
      )}
      {renamed && (
        <RenameDialog
          name={renamed.name}
          onClose={close}
          rename={async (name) => {
            await call("patch", "/auth/passkeys/{id}", { path: { id: renamed.id }, body: { name } });
            await factors.reload();
          }}
        />
      )}
    </Panel>
  );
}
