import { useState } from "preact/hooks";
import { type Schemas, call } from "../api/client";
import { t } from "../i18n";
import { user } from "../session";
import { useAction } from "../ui/action";
import { Button, IconButton } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { CopyButton } from "../ui/copy";
import { Dialog } from "../ui/Dialog";
import { Checkbox, Field, Select } from "../ui/Field";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { LoadState, useLoad } from "../ui/load";
import { EmptyState, ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";
import { AccountFrame } from "./Frame";
import { RenameDialog } from "./RenameDialog";
import { type Scope, type Token, TokenEntry, isOver, scopeText } from "./TokenEntry";

const SCOPES: readonly Scope[] = ["tasks:read", "tasks:write", "profile:read", "admin:read", "admin:write"];
const DAY = 86_400;
const LIFETIMES = [7, 30, 90, 365] as const;

export default function TokensPage() {
  const tokens = useLoad((signal) => call("get", "/auth/tokens", { signal }));
  const [isCreating, setCreating] = useState(false);
  const [renamed, setRenamed] = useState<Token | null>(null);
  const [created, setCreated] = useState<string | null>(null);
  const [confirmation, confirm] = useConfirm();
  const items = tokens.data?.items ?? [];
  const close = () => {
    setCreating(false);
    setRenamed(null);
    setCreated(null);
  };
  return (
    <AccountFrame>
      <Panel
        title={t("tokens.title")}
        text={t("tokens.text")}
        actions={
          <Button
            icon="plus"
            onClick={() => {
              setCreating(true);
            }}
          >
            {t("tokens.new")}
          </Button>
        }
      >
        <LoadState of={tokens} />
        {tokens.data && items.length === 0 && <EmptyState icon="key" title={t("tokens.none")} />}
        <ul class="entries">
          {items.map((token) => (
            <li key={token.id} class={isOver(token) ? "over" : undefined}>
              <Icon name="key" />
              <TokenEntry token={token} />
              {!isOver(token) && (
                <>
                  <IconButton
                    icon="edit"
                    label={t("list.rename", { name: token.name })}
                    onClick={() => {
                      setRenamed(token);
                    }}
                  />
                  <IconButton
                    icon="trash"
                    label={t("tokens.revoke_one", { name: token.name })}
                    onClick={() => {
                      confirm({
                        title: t("tokens.revoke"),
                        text: t("tokens.revoke_text", { name: token.name }),
                        action: t("tokens.revoke"),
                        danger: true,
                        run: async () => {
                          await call("delete", "/auth/tokens/{id}", { path: { id: token.id } });
                          toast(t("tokens.revoked_now"), { kind: "success" });
                          await tokens.reload();
                        },
                      });
                    }}
                  />
                </>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      {confirmation}
      {isCreating && (
        <Dialog title={t("tokens.new")} onClose={close}>
          <TokenForm
            onCreated={(token) => {
              close();
              setCreated(token.token);
              void tokens.reload();
            }}
          />
        </Dialog>
      )}
      {created !== null && (
        <Dialog title={t("tokens.created")} onClose={close}>
          <p class="notice">
            <Icon name="info" />
            <span>{t("tokens.once")}</span>
          </p>
          <code class="secret">{created}</code>
          <div class="dialog-actions">
            <CopyButton text={created} />
            <Button kind="primary" onClick={close}>
              {t("action.done")}
            </Button>
          </div>
        </Dialog>
      )}
      {renamed && (
        <RenameDialog
          name={renamed.name}
          onClose={close}
          rename={async (name) => {
            await call("patch", "/auth/tokens/{id}", { path: { id: renamed.id }, body: { name } });
            await tokens.reload();
          }}
        />
      )}
    </AccountFrame>
  );
}

function TokenForm({ onCreated }: { onCreated: (token: Schemas["CreatedToken"]) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["tasks:read"]);
  const [days, setDays] = useState("90");
  const [isChecked, setChecked] = useState(false);
  const { busy, error, faults, run } = useAction();
  const offered = SCOPES.filter((scope) => !scope.startsWith("admin:") || user.value?.role === "admin");
  const scopeFault = isChecked && scopes.length === 0 ? t("tokens.scope_needed") : faults["scopes"];
  return (
    <form
      class="stack"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        setChecked(true);
        if (name.trim() === "" || scopes.length === 0) return;
        await run(async () => {
          const body = { name: name.trim(), scopes: [...scopes], expires_in: Number(days) * DAY };
          onCreated(await call("post", "/auth/tokens", { body }));
        });
      }}
    >
      <ErrorNotice error={error} />
      <Field
        label={t("list.name")}
        hint={t("tokens.name_hint")}
        name="name"
        maxLength={100}
        value={name}
        onValue={setName}
        error={isChecked && name.trim() === "" ? t("field.required") : faults["name"]}
        autofocus
      />
      <fieldset aria-describedby={scopeFault === undefined ? undefined : "scope-fault"}>
        <legend>{t("tokens.scopes")}</legend>
        {offered.map((scope) => (
          <Checkbox
            key={scope}
            label={scopeText(scope)}
            checked={scopes.includes(scope)}
            onValue={(checked) => {
              setScopes((all) => (checked ? [...all, scope] : all.filter((other) => other !== scope)));
            }}
          />
        ))}
        {scopeFault !== undefined && (
          <p class="fault" id="scope-fault">
            <Icon name="alert" size={14} /> {scopeFault}
          </p>
        )}
      </fieldset>
      <Select
        label={t("tokens.lifetime")}
        value={days}
        onValue={setDays}
        options={LIFETIMES.map((count) => ({ value: String(count), label: t("tokens.days", { count }) }))}
        {...(faults["expires_in"] ? { error: faults["expires_in"] } : {})}
      />
      <Button kind="primary" type="submit" wide busy={busy}>
        {t("tokens.create")}
      </Button>
    </form>
  );
}
