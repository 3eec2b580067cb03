import { lookUp } from "../i18n";

/** What an action of the audit record is called; its own name if it is newer than this page. */
export const actionText = (action: string): string => lookUp(`action_of.${action}`) ?? action;
export const outcomeText = (outcome: string): string => lookUp(`outcome.${outcome}`) ?? outcome;
