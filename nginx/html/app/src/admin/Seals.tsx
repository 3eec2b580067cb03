import { useState } from "preact/hooks";
import { type Schemas, call } from "../api/client";
import { formatDate, formatNumber, formatRelative, t } from "../i18n";
import { useAction } from "../ui/action";
import { Button } from "../ui/Button";
import { saveFile } from "../ui/copy";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { LoadState, useLoad } from "../ui/load";
import { ErrorNotice } from "../ui/Notice";

type Shared = "number" | "sealed_at" | "records" | "root" | "signature";

// Records are sealed within seconds.
const LATE = 60;

function SealFacts({ seal, more }: { seal: Pick<Schemas["AuditSeal"], Shared>; more: [string, string][] }) {
  const facts = [
    [t("seal.number"), formatNumber(seal.number)],
    [t("seal.sealed_at"), formatDate(seal.sealed_at)],
    [t("seal.records"), formatNumber(seal.records)],
    [t("seal.root"), seal.root],
    ...more,
    [t("seal.signature"), seal.signature],
  ];
  return (
    <dl class="facts wide">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether the audit record is sealed, and the newest seal. */
export function Seals() {
  const seals = useLoad((signal) => call("get", "/admin/audit/seals", { signal }));
  const { data } = seals;
  if (!data) return <LoadState of={seals} lines={1} />;
  const isLate = data.lag_seconds > LATE;
  return (
    <section class="seal">
      <Icon name="shield" />
      <p>
        <strong>{t(isLate ? "seal.late" : "seal.current")}</strong>{" "}
        <span class="muted">
          {data.newest ? t("seal.newest", { when: formatRelative(data.newest.sealed_at) }) : t("seal.none")}
          {isLate && ` ${t("seal.lag", { count: data.lag_seconds })}`}
        </span>
      </p>
      {data.newest && (
        <details>
          <summary>{t("seal.details")}</summary>
          <SealFacts
            seal={data.newest}
            more={[
              [t("seal.hash"), data.newest.hash],
              [t("seal.key"), data.newest.public_key_sha256],
            ]}
          />
        </details>
      )}
    </section>
  );
}

/** Fetches the proof that a record is covered by a seal. */
export function ProofOf({ id }: { id: string }) {
  const [proof, setProof] = useState<Schemas["AuditProof"] | null>(null);
  const { busy, error, run } = useAction();
  return (
    <>
      <Button
        icon="shield"
        busy={busy}
        onClick={() =>
          run(async () => {
            setProof(await call("get", "/admin/audit/{id}/proof", { path: { id } }));
          })
        }
      >
        {t("seal.prove")}
      </Button>
      <ErrorNotice error={error} />
      {proof && (
        <Dialog
          title={t("seal.proof")}
          onClose={() => {
            setProof(null);
          }}
        >
          <p class="muted">{t("seal.proof_text", { number: formatNumber(proof.seal.number) })}</p>
          <SealFacts seal={proof.seal} more={[[t("seal.previous"), proof.seal.previous]]} />
          <div class="dialog-actions">
            <Button
              kind="primary"
              icon="download"
              onClick={() => {
                saveFile(
                  `taskward-proof-${id}.json`,
                  new Blob([JSON.stringify(proof, null, 2)], { type: "application/json" }),
                );
              }}
            >
              {t("action.download")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
