import { type Schemas, call } from "../api/client";
import { formatDate, t } from "../i18n";
import { Panel } from "../ui/Frame";
import { Icon } from "../ui/Icon";
import { LoadState, More, usePages } from "../ui/load";
import { actionText, outcomeText } from "./actions";
import { nameOfAgent } from "./agent";
import { AccountFrame } from "./Frame";

export default function ActivityPage() {
  const events = usePages<Schemas["ActivityEvent"], Schemas["ActivityPage"]>((cursor, signal) =>
    call("get", "/auth/activity", { query: { limit: 50, cursor }, signal }),
  );
  return (
    <AccountFrame>
      <Panel title={t("activity.title")} text={t("activity.text")}>
        <LoadState of={events} lines={6} />
        <ul class="entries">
          {events.data?.items.map((event) => (
            <li key={event.id} class={event.outcome}>
              <Icon name={event.outcome === "success" ? "check" : "alert"} />
              <div>
                <strong>{actionText(event.action)}</strong>{" "}
                {event.outcome !== "success" && <span class="badge bad">{outcomeText(event.outcome)}</span>}
                <p class="muted">
                  {[
                    formatDate(event.at),
                    event.client_address,
                    event.user_agent === null ? null : nameOfAgent(event.user_agent),
                    event.token_id === null ? null : t("activity.by_token"),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </div>
            </li>
          ))}
        </ul>
        <More of={events} />
      </Panel>
    </AccountFrame>
  );
}
