/**
 * A conversation that lives: messages arrive, change and leave without a reload, buttons act in place, faces of those who
 * are here have a dot. Everything in it works without this, by forms and links.
 *
 *     <td-thread data-conversation="7" data-news="/conversations/7/news/" data-doing="/conversations/7/doing/"
 *                data-live="conversation:7" data-live-after="1234" data-now="1764000000" data-here="3 5" data-me="2">
 *       … #head, #head-acts, #answers, [data-accepted], .messages, #splits, td-composer, [data-typing] …
 *       <div popover data-more-menu></div>
 *     </td-thread>
 */
import { makeIdle } from "~/lib/busy";
import { questionArrived } from "~/lib/kept-question";
import { isListening } from "~/lib/live";
import { showToast, showTrouble, troubleOf } from "~/lib/toasts";
import type { Composer } from "./composer";
import { fragment, parts, Refused, wordsIn } from "./thread/calls";
import { Company } from "./thread/company";
import { isAfter, messageId, Places } from "./thread/places";
import { News } from "./thread/news";

const POLL_MS = 15_000;
const READ_ALOUD_CHARS = 120;

export class Thread extends HTMLElement {
  private places = new Places(this);
  private news: News | undefined;
  private company: Company | undefined;
  private leaving = new AbortController();
  private poll: ReturnType<typeof setInterval> | undefined;
  private aloud: string[] = [];
  private aloudTimer: ReturnType<typeof setTimeout> | undefined;
  private wasHidden = 0;
  private opened = false;

  connectedCallback(): void {
    const now_s = Number(this.dataset.now) || Math.floor(Date.now() / 1000);
    this.news = new News(
      this.dataset.news ?? "",
      {
        newest: () => this.newest,
        shown: () => this.places.shown.map(messageId),
        apart: () => this.apart.map(messageId),
        begins_s: () => this.begins_s,
        isPast: () => this.dataset.earlier !== undefined,
        take: (got) => this.take(got, "live"),
        drop: (ids) => this.drop(ids),
        gone: () => showTrouble(troubleOf(404)),
      },
    );
    this.company = new Company(
      this,
      this.dataset.doing ?? "",
      Number(this.dataset.me),
      this.dataset.hidden !== undefined,
      now_s,
    );
    this.company.start((this.dataset.here ?? "").split(" ").map(Number).filter(Boolean));
    this.listen();
    this.followHash();
    questionArrived();
  }

  disconnectedCallback(): void {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.news?.stop();
    this.company?.stop();
    clearInterval(this.poll);
  }

  get composer(): Composer | null {
    return this.querySelector<Composer>("td-composer");
  }

  private listen(): void {
    const { signal } = this.leaving;
    this.addEventListener("live", (event) => this.hear((event as CustomEvent).detail), { signal });
    this.addEventListener("click", (event) => void this.onClick(event), { signal });
    document.addEventListener("submit", (event) => this.onSubmit(event), { signal });
    this.addEventListener("td:stale", (event) => this.onStale(event), { signal });
    this.addEventListener("td:parts", (event) => this.take(fragment((event as CustomEvent<string>).detail), "own"), {
      signal,
    });
    document.addEventListener("td:live-open", () => this.onOpen(), { signal });
    addEventListener("online", () => this.news?.lookAgain(), { signal });
    document.addEventListener("visibilitychange", () => this.onVisible(), { signal });
    this.poll = setInterval(() => {
      if (!isListening() && document.visibilityState === "visible") this.news?.lookAgain();
    }, POLL_MS);
  }

  // News.

  private hear(news: Record<string, unknown>): void {
    const id = Number(news.id) || 0;
    // What looks the same to everybody came with the news; what one has a part in is fetched.
    if (typeof news.html === "string" && (news.kind === "message" || this.places.find(id)))
      return this.take(fragment(news.html), "live");
    switch (news.kind) {
      case "message":
        return this.news?.want([id]);
      case "edited":
        return this.places.find(id) ? this.news?.want([id]) : undefined;
      case "accepted":
        return this.news?.want([id, this.acceptedId].filter(Boolean));
      case "counts":
        return this.news?.wantHead();
      case "arranged":
        return this.news?.lookAgain();
      case "merged":
        return this.leaveFor(`/conversations/${Number(news.into)}/`);
      default:
        return this.company?.hear(news);
    }
  }

  /** The first time nothing can be missing: the stream begins where the page was drawn. */
  private onOpen(): void {
    if (this.opened) this.news?.lookAgain();
    this.opened = true;
  }

  private get acceptedId(): number {
    const accepted = this.querySelector<HTMLElement>("[data-accepted] > [data-message]");
    return accepted ? messageId(accepted) : 0;
  }

  private get apart(): HTMLElement[] {
    return this.places.shown.filter((row) => row.dataset.place !== "replies");
  }

  private get begins_s(): number {
    if (!this.querySelector("[data-earlier-link]")) return 0;
    return Number(this.querySelector<HTMLElement>(".messages > [data-message]")?.dataset.at) || 0;
  }

  private get newest(): number {
    const latest = this.places.shown.reduce<HTMLElement | undefined>(
      (best, row) => (!best || isAfter(row, best) ? row : best),
      undefined,
    );
    return latest ? messageId(latest) : Number(this.dataset.newest) || 0;
  }

  /** Whoever is in the middle of writing is not taken away from it. */
  private leaveFor(address: string): void {
    if (!this.composer?.isBusy) return location.assign(address);
    showToast({ text: "This has become part of another conversation.", href: address, action: "Go there" });
  }

  private onVisible(): void {
    if (document.visibilityState === "hidden") this.wasHidden = Date.now();
    else if (this.wasHidden && Date.now() - this.wasHidden > POLL_MS) this.news?.lookAgain();
  }

  // Parts of the page.

  private take(got: DocumentFragment, from: "live" | "own"): void {
    this.places.putHead(got);
    const notice = got.querySelector("[data-notice]")?.textContent;
    if (notice) showTrouble(notice);
    const isPast = this.dataset.earlier !== undefined;
    for (const fresh of [...got.querySelectorAll<HTMLElement>("[data-message][data-place]")]) {
      if (isPast && !this.places.find(messageId(fresh))) {
        this.offerNewest();
        continue;
      }
      const accepted = fresh.dataset.place === "accepted" ? this.acceptedId : 0;
      const placed = this.places.put(fresh);
      if (accepted && accepted !== messageId(fresh)) this.news?.want([accepted]);
      if (placed?.isNew) this.welcome(placed.element, from);
    }
    this.company?.show();
    settle(this);
  }

  private welcome(message: HTMLElement, from: "live" | "own"): void {
    const author = Number(message.querySelector<HTMLElement>("[data-author]")?.dataset.author) || 0;
    this.company?.hasSpoken(author);
    message.classList.add("fresh-in");
    if (from === "own") return message.scrollIntoView({ block: "nearest", behavior: "smooth" });
    if (author && author === Number(this.dataset.me)) return;
    const name = message.querySelector(".who b")?.textContent?.trim() ?? "Somebody";
    const words = message.querySelector(".talk")?.textContent?.replace(/\s+/g, " ").trim() ?? "a recording";
    this.aloud.push(`${name}: ${words.slice(0, READ_ALOUD_CHARS)}`);
    clearTimeout(this.aloudTimer);
    this.aloudTimer = setTimeout(() => this.speak(), 600);
    this.offerBelow(message);
  }

  private speak(): void {
    const status = this.querySelector("[data-said]");
    const { length } = this.aloud;
    if (status) status.textContent = length > 2 ? `${length} new messages` : this.aloud.join(". ");
    this.aloud = [];
  }

  /** Says that there is something new below what is being read; what is read stays where it is. */
  private offerBelow(message: HTMLElement): void {
    if (message.getBoundingClientRect().top < innerHeight - 40) return;
    const link = this.belowLink();
    link.href = `#${message.id}`;
    link.dataset.count = String(Number(link.dataset.count ?? 0) + 1);
    link.textContent = Number(link.dataset.count) === 1 ? "1 new message below" : `${link.dataset.count} new messages below`;
  }

  private offerNewest(): void {
    const link = this.belowLink();
    link.href = `/conversations/${this.dataset.conversation}/`;
    link.textContent = "There are new messages";
  }

  private belowLink(): HTMLAnchorElement {
    const there = this.querySelector<HTMLAnchorElement>(".below");
    if (there) return there;
    const link = document.createElement("a");
    link.className = "btn btn-coral btn-s below";
    link.addEventListener("click", () => link.remove());
    this.append(link);
    return link;
  }

  private drop(ids: readonly number[]): void {
    for (const id of ids) this.places.remove(id);
  }

  private onStale(event: Event): void {
    const message = (event.target as HTMLElement).closest<HTMLElement>("[data-message][data-place]");
    if (message) this.news?.want([messageId(message)]);
  }

  // Buttons and links.

  private onSubmit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    const isAct = form.id === "acts" && button !== null && button.dataset.whole === undefined;
    const isEdit = form.dataset.editing !== undefined && this.contains(form);
    const isThanks = form.id === "thanks" && this.contains(form);
    if (!isAct && !isEdit && !isThanks) return;
    event.preventDefault();
    const address = isAct ? (button?.formAction ?? form.action) : form.action;
    void this.act(address, new FormData(form, button), form, button);
  }

  private async act(
    address: string,
    body: FormData,
    form: HTMLFormElement,
    button: HTMLElement | null,
  ): Promise<void> {
    showTrouble("");
    try {
      const got = await parts(address, body);
      this.menu?.hidePopover?.();
      if (form.dataset.editing !== undefined) form.remove();
      this.take(fragment(got), "own");
    } catch (error) {
      this.refuse(error, form);
    } finally {
      if (button) makeIdle(button);
    }
  }

  private refuse(error: unknown, form?: HTMLFormElement): void {
    const { status, part } = error instanceof Refused ? error : new Refused(-1, "");
    if (part && form?.dataset.editing !== undefined) {
      form.replaceWith(fragment(part));
      return;
    }
    showTrouble((part && wordsIn(part)) || troubleOf(status));
  }

  private async onClick(event: MouseEvent): Promise<void> {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link || !this.contains(link)) return;
    const { dataset } = link;
    const does: [string | undefined, () => unknown][] = [
      [dataset.more, () => this.openMore(link)],
      [dataset.reply, () => this.reply(Number(dataset.reply), false)],
      [dataset.quote, () => this.reply(Number(dataset.quote), true)],
      [dataset.edit, () => this.edit(link)],
      [dataset.unedit, () => this.unedit(link)],
      [dataset.copy, () => this.copy(link)],
      [dataset.jump, () => this.jump(Number(dataset.jump))],
      [dataset.before, () => this.showEarlier(link)],
    ];
    const found = does.find(([is]) => is !== undefined);
    if (!found) return;
    event.preventDefault();
    try {
      await found[1]();
    } catch (error) {
      this.refuse(error);
    }
  }

  /** To a message, here where it is shown and else on the page that shows it. */
  private jump(id: number): void {
    if (this.places.find(id)) location.hash = `m${id}`;
    else location.assign(`/messages/${id}/`);
  }

  /** An address that names a message which this page does not show, as older mails have it. */
  private followHash(): void {
    const named = /^#m(\d+)$/.exec(location.hash)?.[1];
    if (named && !document.getElementById(`m${named}`)) location.replace(`/messages/${named}/`);
  }

  private get menu(): HTMLElement | null {
    return this.querySelector("[data-more-menu]");
  }

  private async openMore(link: HTMLAnchorElement): Promise<void> {
    const { menu } = this;
    if (!menu?.showPopover) return location.assign(link.href);
    menu.replaceChildren(fragment(await parts(link.href)));
    menu.showPopover();
    standBy(menu, link);
    const wanted = link.dataset.more === "thanks" ? menu.querySelector<HTMLElement>("input[name=words]") : null;
    (wanted ?? menu.querySelector<HTMLElement>("a, button"))?.focus();
    menu.addEventListener("toggle", () => link.isConnected && link.focus({ preventScroll: true }), { once: true });
  }

  private reply(id: number, quoting: boolean): void {
    this.menu?.hidePopover?.();
    const message = this.places.find(id);
    const name = message?.querySelector(".who b")?.textContent?.trim() ?? "";
    const words = (message?.querySelector<HTMLElement>(".talk") ?? message)?.innerText ?? "";
    this.composer?.reply({ id, name, words: words.trim(), quoting });
  }

  private async edit(link: HTMLAnchorElement): Promise<void> {
    const form = fragment(await parts(link.href));
    this.menu?.hidePopover?.();
    const id = Number(form.querySelector<HTMLElement>("[data-editing]")?.dataset.editing);
    const said = this.places.find(id)?.querySelector<HTMLElement>('[data-part="said"]');
    if (!said) return;
    said.replaceChildren(form);
    const area = said.querySelector("textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }

  private unedit(link: HTMLAnchorElement): void {
    const form = link.closest<HTMLElement>("[data-editing]");
    const id = Number(form?.dataset.editing);
    form?.remove();
    this.news?.want([id]);
  }

  private async copy(link: HTMLAnchorElement): Promise<void> {
    this.menu?.hidePopover?.();
    await navigator.clipboard.writeText(new URL(link.href, location.href).href);
    showToast({ text: "The link is copied." });
  }

  private async showEarlier(link: HTMLAnchorElement): Promise<void> {
    const response = await fetch(link.href, { credentials: "same-origin" });
    if (!response.ok) throw new Refused(response.status, "");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const rows = [...page.querySelectorAll<HTMLElement>(".messages > [data-message]")];
    const first = this.querySelector<HTMLElement>(".messages > *");
    const top = first?.getBoundingClientRect().top ?? 0;
    const known = new Set(this.places.shown.map(messageId));
    this.querySelector(".messages")?.prepend(...rows.filter((row) => !known.has(messageId(row))));
    const further = page.querySelector("[data-earlier-link]");
    const here = this.querySelector("[data-earlier-link]");
    if (further) here?.replaceWith(further);
    else here?.remove();
    if (first) scrollBy(0, first.getBoundingClientRect().top - top);
    settle(this);
    this.company?.show();
    rows.at(-1)?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  }
}

/** New parts have icons, elements and figures like any part that htmx brings. */
function settle(root: HTMLElement): void {
  document.dispatchEvent(new Event("td:live-changed"));
  root.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

function standBy(menu: HTMLElement, link: HTMLElement): void {
  const at = link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 6 + height <= innerHeight;
  menu.style.setProperty("position-area", "none");
  Object.assign(menu.style, {
    position: "fixed",
    margin: "0",
    inset: "auto",
    top: `${Math.max(6, below ? at.bottom + 6 : at.top - 6 - height)}px`,
    left: `${Math.min(Math.max(6, at.left), innerWidth - width - 6)}px`,
  });
}

customElements.define("td-thread", Thread);
