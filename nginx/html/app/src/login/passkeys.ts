import { Cancelled, type Schemas } from "../api/client";
import { Explained } from "../errors";
import { t } from "../i18n";

/** Whether this browser can use passkeys. */
export const hasPasskeys =
  typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Whether the field of the name can offer passkeys. */
export async function canAutofill(): Promise<boolean> {
  return (
    "isConditionalMediationAvailable" in PublicKeyCredential && PublicKeyCredential.isConditionalMediationAvailable()
  );
}

// Closing the browser's dialog is no failure, and neither is what it says when time is up.
function explained(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return new Cancelled();
  return new Explained(t(error.name === "InvalidStateError" ? "passkey.exists" : "passkey.failed"));
}

/** Lets the browser create a passkey. */
export async function createPasskey(
  options: Schemas["PublicKeyCredentialCreationOptions"],
): Promise<Schemas["RegistrationResponse"]> {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    );
    const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return credential.toJSON() as Schemas["RegistrationResponse"];
  } catch (error) {
    throw explained(error);
  }
}

/** Lets the user choose a passkey. With a mediation "conditional", in the field of the name. */
export async function askForPasskey(
  options: Schemas["PublicKeyCredentialRequestOptions"],
  more: Pick<CredentialRequestOptions, "mediation" | "signal"> = {},
): Promise<Schemas["AuthenticationResponse"]> {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = (await navigator.credentials.get({ publicKey, ...more })) as PublicKeyCredential;
    return credential.toJSON() as Schemas["AuthenticationResponse"];
  } catch (error) {
    throw explained(error);
  }
}
