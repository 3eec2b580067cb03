import { signal } from "@preact/signals";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { registerLossQuestion } from "./sync";

const asked = signal<{ count: number; answer: (agreed: boolean) => void } | null>(null);

registerLossQuestion(
  (count) =>
    new Promise((resolve) => {
      asked.value?.answer(false);
      asked.value = {
        count,
        answer: (agreed) => {
          asked.value = null;
          resolve(agreed);
        },
      };
    }),
);

/** Asks before a logout deletes changes that were not sent; once in the document. */
export function LossQuestion() {
  if (asked.value === null) return null;
  const { count, answer } = asked.value;
  return (
    <Dialog
      title={t("sync.loss.title")}
      onClose={() => {
        answer(false);
      }}
    >
      <p>{t("sync.loss.text", { count })}</p>
      <div class="dialog-actions">
        <Button
          onClick={() => {
            answer(false);
          }}
        >
          {t("action.cancel")}
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            answer(true);
          }}
        >
          {t("sync.loss.action")}
        </Button>
      </div>
    </Dialog>
  );
}
