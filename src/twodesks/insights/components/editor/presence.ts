/** Who else is writing in this insight now, by name; quiet again half a minute after their last word. */
import type { News } from "~/lib/live";

const QUIET_MS = 30_000;

export class Presence {
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(private readonly editor: HTMLElement) {}

  /** The name of who did it; "" when it was oneself. */
  hear(news: News): string {
    const member = Number(news.member_id);
    if (!member || String(member) === this.editor.getAttribute("member")) return "";
    clearTimeout(this.timers.get(member));
    if (news.kind === "writing")
      this.timers.set(
        member,
        setTimeout(() => this.forget(member), QUIET_MS),
      );
    else this.timers.delete(member);
    this.draw();
    return this.nameOf(member);
  }

  private forget(member: number): void {
    this.timers.delete(member);
    this.draw();
  }

  private draw(): void {
    const place = this.editor.querySelector<HTMLElement>("[data-presence]");
    if (!place) return;
    const names = [...this.timers.keys()].map((member) => this.nameOf(member));
    const words =
      names.length > 1
        ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are writing`
        : `${names[0]} is writing`;
    place.textContent = names.length ? words : "";
  }

  /** Names are on the page already: in the list of people who can be credited. */
  private nameOf(member: number): string {
    const option = this.editor.querySelector(`#credit-member option[value="${member}"]`);
    return option?.textContent?.trim().split(" ")[0] ?? "Somebody";
  }
}
