import { useState } from "preact/hooks";
import { t } from "../i18n";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { ErrorNotice } from "../ui/Notice";
import { toast } from "../ui/Toast";

/** Gives a thing another name. */
export function RenameDialog({
  name: present,
  rename,
  onClose,
}: {
  name: string;
  rename: (name: string) => Promise<void>;
  onClose: () => void;
}) {
  const [name, setName] = useState(present);
  const { busy, error, faults, run } = useAction();
  return (
    <Dialog title={t("list.rename", { name: present })} onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (name.trim() === "" || !(await run(() => rename(name.trim())))) return;
          toast(t("action.saved"), { kind: "success" });
          onClose();
        }}
      >
        <ErrorNotice error={error} />
        <Field
          label={t("list.name")}
          name="name"
          maxLength={100}
          value={name}
          onValue={setName}
          error={name.trim() === "" ? t("field.required") : faults["name"]}
          autofocus
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
