/** A question that was begun, in this tab: kept until the page that it became has arrived. */
export const KEPT = "td-ask";
export const SENT = "td-ask-sent";

/** Called by the page of a conversation: what was sent from the Ask page has become one. */
export function questionArrived(storage: Storage = sessionStorage): void {
  if (storage.getItem(SENT) === null) return;
  storage.removeItem(SENT);
  storage.removeItem(KEPT);
}
