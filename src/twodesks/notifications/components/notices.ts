/**
 * The bell: its link opens the panel in place, the dot follows what is told, and a page that shows what there is news of
 * counts as having looked. Without script the link leads to a page with the same.
 *
 *     <td-notices data-panel data-badge data-seen data-live="member"><a data-bell>…</a><section popover data-notices>…
 */
import { htmx } from "~/lib/htmx";

const PAUSE_MS = 1500;
const SHOWS = /^\/(conversations|insights|courses)\/(\d+)(?:-[^/]*)?\//;
const ONE = { conversations: "conversation", insights: "insight", courses: "course" } as Record<string, string>;

class Notices extends HTMLElement {
  private waiting = 0;

  connectedCallback(): void {
    this.bell?.addEventListener("click", (event) => this.open(event));
    this.panel?.addEventListener("toggle", (event) => this.toggled(event as ToggleEvent));
    this.addEventListener("live", (event) => {
      if ((event as CustomEvent<{ kind: string }>).detail.kind === "notice") this.soon();
    });
    document.body.addEventListener("notices-seen", this.seen);
    if (this.isNew) this.look();
  }

  disconnectedCallback(): void {
    document.body.removeEventListener("notices-seen", this.seen);
    clearTimeout(this.waiting);
  }

  private get bell(): HTMLAnchorElement | null {
    return this.querySelector("[data-bell]");
  }

  private get panel(): HTMLElement | null {
    return this.querySelector("[data-notices]");
  }

  private get isNew(): boolean {
    return Number(this.querySelector<HTMLElement>("#bell-dot")?.dataset.new ?? 0) > 0;
  }

  private seen = (): void => {
    void this.refresh();
    if (this.panel?.matches(":popover-open")) void this.load();
  };

  private open(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !this.panel) return;
    event.preventDefault();
    this.panel.togglePopover();
  }

  private toggled(event: ToggleEvent): void {
    this.bell?.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") void this.load();
  }

  private async load(): Promise<void> {
    const { panel } = this;
    if (!panel) return;
    await htmx.ajax("get", this.dataset.panel ?? "", { source: panel, target: panel, swap: "innerHTML" });
    if (panel.matches(":popover-open") && !panel.contains(document.activeElement)) panel.focus();
  }

  /** A lively thread tells often; one look at the end of it is enough. */
  private soon(): void {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      void this.refresh().then(() => {
        if (this.isNew && document.visibilityState === "visible") this.look();
      });
    }, PAUSE_MS);
  }

  private async refresh(): Promise<void> {
    const { bell } = this;
    if (bell) await htmx.ajax("get", this.dataset.badge ?? "", { source: bell, swap: "none" });
  }

  /** What this very page shows needs no telling. */
  private look(): void {
    const [, place, id] = SHOWS.exec(location.pathname) ?? [];
    if (!place) return;
    const values = { about: `${ONE[place]}:${id}` };
    void htmx.ajax("post", this.dataset.seen ?? "", { source: this, swap: "none", values });
  }
}

customElements.define("td-notices", Notices);
