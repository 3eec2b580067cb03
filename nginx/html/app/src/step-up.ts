import { type Signal, signal } from "@preact/signals";
import { Cancelled, Problem } from "./api/problem";
import { onLogOut } from "./session";

/** Closes a dialog, and says whether it achieved what it was opened for. */
type Finish = (succeeded: boolean) => void;
/** While the dialog of a recent authentication is open. It gives the new token to `renewToken`. */
export const stepUp = signal<Finish | null>(null);
/** While the dialog is open in which a second factor is set up, because the account must have one. */
export const enrolment = signal<Finish | null>(null);

const waiting = new Map<Signal<Finish | null>, Promise<boolean>>();

// Requests that need the same dialog share it.
async function passed(dialog: Signal<Finish | null>): Promise<void> {
  let answer = waiting.get(dialog);
  if (!answer) {
    answer = new Promise((resolve) => {
      dialog.value = (succeeded) => {
        dialog.value = null;
        waiting.delete(dialog);
        resolve(succeeded);
      };
    });
    waiting.set(dialog, answer);
  }
  if (!(await answer)) throw new Cancelled();
}

onLogOut(() => {
  stepUp.value?.(false);
  enrolment.value?.(false);
});

const DIALOGS = new Map([
  ["reauthentication_required", stepUp],
  ["mfa_enrollment_required", enrolment],
]);

/**
 * Runs an action, and again after the user has authenticated or set up a second factor if the service required that.
 * Requests of the client do so themselves. Throws Cancelled if the dialog was closed.
 */
export async function withStepUp<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const dialog = error instanceof Problem ? DIALOGS.get(error.code) : undefined;
    if (!dialog) throw error;
    await passed(dialog);
    return withStepUp(action);
  }
}
