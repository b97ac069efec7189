/**
 * Sections that stand one under the other, shown as tabs.
 *
 *     <td-panels><section data-tab="Transcript"><h2>Transcript</h2> … </section><section data-tab="Clips" data-count="3"> … </section></td-panels>
 *
 * Without script all of them are there with their headings. `#tab=clips` opens one.
 */
export class Panels extends HTMLElement {
  private tabs: HTMLButtonElement[] = [];
  private sections: HTMLElement[] = [];
  private watcher: MutationObserver | undefined;

  connectedCallback(): void {
    this.sections = [...this.querySelectorAll<HTMLElement>(":scope > [data-tab]")];
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", this.getAttribute("aria-label") ?? "Parts");
    this.tabs = this.sections.map((section, index) => this.tab(section, index));
    list.append(...this.tabs);
    list.addEventListener("keydown", (event) => this.onKey(event));
    this.prepend(list);
    this.watcher = new MutationObserver(() => this.count());
    for (const section of this.sections) this.watcher.observe(section, { attributeFilter: ["data-count"] });
    this.count();
    this.show(0);
  }

  disconnectedCallback(): void {
    this.watcher?.disconnect();
    this.querySelector(":scope > .tabs")?.remove();
  }

  private tab(section: HTMLElement, index: number): HTMLButtonElement {
    const name = section.dataset.tab ?? "";
    section.id ||= `panel-${name.toLowerCase().replace(/\W+/g, "-")}`;
    section.setAttribute("role", "tabpanel");
    section.setAttribute("aria-labelledby", `${section.id}-tab`);
    section.querySelector(":scope > h2")?.classList.add("vh");
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${section.id}-tab`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", section.id);
    tab.append(name, Object.assign(document.createElement("span"), { className: "n" }));
    tab.addEventListener("click", () => this.show(index));
    return tab;
  }

  private count(): void {
    this.sections.forEach((section, index) => {
      const place = this.tabs[index]?.querySelector(".n");
      const { count } = section.dataset;
      if (place) place.textContent = count && count !== "0" ? ` ${count}` : "";
    });
  }

  show(which: number): void {
    this.sections.forEach((section, index) => {
      section.hidden = index !== which;
    });
    this.tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === which));
      tab.tabIndex = index === which ? 0 : -1;
    });
  }

  private onKey(event: KeyboardEvent): void {
    const now = this.tabs.findIndex((tab) => tab.tabIndex === 0);
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: this.tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const which = (to + this.tabs.length) % this.tabs.length;
    this.show(which);
    this.tabs[which]?.focus();
  }
}

customElements.define("td-panels", Panels);
