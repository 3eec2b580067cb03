import { t } from "../i18n";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { changeSelected, deleteSelected, snoozes } from "./actions";
import { PRIORITIES } from "./task";

/** What can be done with the selected tasks. */
export function BatchBar({
  ids,
  selectAll,
  clear,
  pickDate,
}: {
  ids: readonly string[];
  selectAll: () => void;
  clear: () => void;
  pickDate: () => void;
}) {
  const then = async (action: Promise<void>) => {
    await action;
    clear();
  };
  return (
    <div class="batch-bar" role="region" aria-label={t("batch.label")}>
      <p role="status">{t("batch.selected", { count: ids.length })}</p>
      <Button icon="check" onClick={() => then(changeSelected(ids, { status: "done" }))}>
        {t("batch.complete")}
      </Button>
      <Menu
        label={t("tasks.filter.due")}
        buttonClass="icon-button"
        above
        groups={() => [
          {
            items: [
              ...snoozes().map(({ name, date }) => ({
                label: name,
                run: () => then(changeSelected(ids, { due_at: date?.toISOString() ?? null })),
              })),
              { label: t("task.snooze.pick"), run: pickDate },
            ],
          },
        ]}
      >
        <Icon name="calendar" />
      </Menu>
      <Menu
        label={t("tasks.filter.priority")}
        buttonClass="icon-button"
        above
        groups={() => [
          {
            items: PRIORITIES.map((priority) => ({
              label: t(`priority.${priority}`),
              run: () => then(changeSelected(ids, { priority })),
            })),
          },
        ]}
      >
        <Icon name="flag" />
      </Menu>
      <IconButton icon="trash" label={t("task.delete")} onClick={() => then(deleteSelected(ids))} />
      <IconButton icon="list" label={t("batch.all")} onClick={selectAll} />
      <IconButton icon="close" label={t("batch.clear")} onClick={clear} />
    </div>
  );
}
