// What runs besides the pages: the tasks of this device, the sending of changes, and the service worker.
import { effect } from "@preact/signals";
import { reportError } from "../errors";
import { t } from "../i18n";
import { session, user } from "../session";
import { toast } from "../ui/Toast";
import { eraseOthers } from "./database";
import { start } from "./sync";

// One after the other: what is erased is not opened meanwhile.
let work: Promise<void> = Promise.resolve();
effect(() => {
  const person = user.value;
  const { kind } = session.value;
  if (person) work = work.then(() => start(person.id)).catch(reportError);
  else if (kind === "out") work = work.then(() => eraseOthers(null)).catch(reportError);
});

const UPDATE_INTERVAL = 3_600_000;

async function registerWorker(): Promise<void> {
  const hadWorker = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!hadWorker) return;
    toast(t("sync.new_version"), {
      action: {
        label: t("sync.reload"),
        run: () => {
          window.location.reload();
        },
      },
    });
  });
  const registration = await navigator.serviceWorker.register(workerAddress());
  setInterval(() => {
    if (navigator.onLine) registration.update().catch(() => undefined);
  }, UPDATE_INTERVAL);
}

type Policy = { createScriptURL: (address: string) => unknown };
type Factory = { createPolicy: (name: string, rules: { createScriptURL: (address: string) => string }) => Policy };

// The policy of the page demands a trusted address.
function workerAddress(): string {
  const { trustedTypes } = window as { trustedTypes?: Factory };
  const address = "/app/sw.js";
  const policy = trustedTypes?.createPolicy("taskward", { createScriptURL: () => address });
  return (policy?.createScriptURL("") ?? address) as string;
}

// After what the first page needs. Without a worker, as in a private window, the app works as long as there is a connection.
if ("serviceWorker" in navigator) {
  const begin = () => void registerWorker().catch(() => undefined);
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}
