import { Cancelled, Problem } from "./api/problem";

/** Asks for a recent authentication, gives its token to `renewToken`, and says whether that succeeded. */
export type StepUpHandler = () => Promise<boolean>;

let ask: StepUpHandler | undefined;
let asking: Promise<boolean> | undefined;

/** Sets the dialog that withStepUp opens. */
export function registerStepUp(handler: StepUpHandler): void {
  ask = handler;
}

/**
 * Runs an action, and again after the user has authenticated if the service required that. Requests of the client do so
 * themselves. Throws Cancelled if the dialog was closed.
 */
export async function withStepUp<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "reauthentication_required" || !ask) throw error;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    if (!(await asking)) throw new Cancelled();
    return action();
  }
}
