import { useRef, useState } from "preact/hooks";
import { Cancelled } from "../api/problem";
import { fieldErrors } from "../errors";

export type Action = {
  busy: boolean;
  error: unknown;
  /** What the service found wrong in the fields, by their names. */
  faults: Record<string, string>;
  /** Runs it unless it is running, and says whether it succeeded. */
  run: (work: () => void | Promise<void>) => Promise<boolean>;
  fail: (error: unknown) => void;
};

/** What a button or a form does: whether it is in progress, and why it failed. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = useRef(false);
  const run = async (work: () => void | Promise<void>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (failure) {
      if (!(failure instanceof Cancelled)) setError(failure);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, faults: fieldErrors(error), run, fail: setError };
}
