/** What every page loads. Anything heavier is an element of its own and comes when a page has it (elements.ts). */
import "~/lib/htmx";
import "~/lib/icon";
import { defineElements } from "~/elements";
import { listenForBusyForms } from "~/lib/busy";
import { listenForDialogs } from "~/lib/dialogs";
import { nameKeys } from "~/lib/keys";
import { listenForLive } from "~/lib/live";
import { listenForMenus } from "~/lib/menus";
import { listenForShortcuts, nameSingleKeys } from "~/lib/shortcuts";
import { listenForTheme } from "~/lib/theme";
import { suggestTimeZone } from "~/lib/time-zone";
import { listenForToasts } from "~/lib/toasts";
import { applyVariables } from "~/lib/variables";

listenForBusyForms();
listenForDialogs();
listenForMenus();
listenForShortcuts();
listenForTheme();
listenForToasts();
listenForLive();

function settle(root: ParentNode): void {
  applyVariables(root);
  suggestTimeZone(root);
  nameKeys(root);
  nameSingleKeys(root);
  defineElements(root);
}
settle(document);
document.addEventListener("htmx:load", (event) => settle(event.target as HTMLElement));
