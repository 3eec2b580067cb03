import { t } from "../i18n";
import { Button } from "./Button";
import { toast } from "./Toast";

export function CopyButton({ text, label = t("action.copy") }: { text: string; label?: string }) {
  return (
    <Button
      icon="copy"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        toast(t("action.copied"), { kind: "success" });
      }}
    >
      {label}
    </Button>
  );
}

/** Lets the browser save a file. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
