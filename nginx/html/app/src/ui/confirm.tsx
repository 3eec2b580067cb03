import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { useAction } from "./action";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorNotice } from "./Notice";

type Question = {
  title: string;
  text: ComponentChildren;
  /** The name of the button that does it. */
  action: string;
  danger?: boolean;
  /** The dialog stays open until it has succeeded. */
  run: () => Promise<void>;
};

/** A dialog that asks before something is done: the element to render, and what opens it. */
export function useConfirm(): [VNode | null, (question: Question) => void] {
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => {
    setQuestion(null);
  };
  return [question && <Confirm question={question} close={close} />, setQuestion];
}

function Confirm({ question, close }: { question: Question; close: () => void }) {
  const { busy, error, run } = useAction();
  return (
    <Dialog title={question.title} onClose={close}>
      <ErrorNotice error={error} />
      <div>{question.text}</div>
      <div class="dialog-actions">
        <Button onClick={close}>{t("action.cancel")}</Button>
        <Button
          kind={question.danger ? "danger" : "primary"}
          busy={busy}
          onClick={async () => {
            if (await run(question.run)) close();
          }}
        >
          {question.action}
        </Button>
      </div>
    </Dialog>
  );
}
