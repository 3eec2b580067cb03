import { t } from "../i18n";
import { Button } from "../ui/Button";
import { CopyButton, saveFile } from "../ui/copy";
import { Icon } from "../ui/Icon";

/** Recovery codes, which are shown this once. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const text = codes.join("\n");
  return (
    <div class="stack">
      <p class="notice">
        <Icon name="info" />
        <span>{t("recovery.text")}</span>
      </p>
      <ol class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="row">
        <CopyButton text={text} />
        <Button
          icon="download"
          onClick={() => {
            saveFile("taskward-recovery-codes.txt", new Blob([`${text}\n`], { type: "text/plain" }));
          }}
        >
          {t("action.download")}
        </Button>
      </div>
      <Button kind="primary" wide onClick={onDone}>
        {t("recovery.saved")}
      </Button>
    </div>
  );
}
