/**
 * Arranging a course by drag or by keyboard; without script each lesson has its arrows.
 *
 *     <td-course-studio data-arrange="/courses/7/studio/arrange/" data-version="3">
 *       … <div class="sect" data-section="4"> … <div class="lc" data-lesson="9"><button data-grip>…
 *       … <p role="status" data-said></p>
 *     </td-course-studio>
 *
 * `M` or Enter on a grip picks a lesson up, the arrows move it, Enter puts it down, Escape puts it back.
 */
import { Refusal, reach } from "~/lib/api";
import { showTrouble, troubleOf } from "~/lib/toasts";

export interface Outline {
  section: string;
  lessons: string[];
}

/** Moves one lesson a step, over the border of sections too. Returns the same outline where there is no further step. */
export function step(outline: Outline[], lesson: string, by: -1 | 1): Outline[] {
  const place = outline.findIndex((entry) => entry.lessons.includes(lesson));
  const here = outline[place];
  if (!here) return outline;
  const at = here.lessons.indexOf(lesson);
  const next = outline.map((entry) => ({ ...entry, lessons: entry.lessons.filter((id) => id !== lesson) }));
  const to = at + by;
  if (to >= 0 && to < here.lessons.length) {
    next[place]?.lessons.splice(to, 0, lesson);
    return next;
  }
  const neighbour = next[place + by];
  if (!neighbour) return outline;
  neighbour.lessons.splice(by < 0 ? neighbour.lessons.length : 0, 0, lesson);
  return next;
}

/** The form fields that tell the server an outline: `section=4:9,7`. */
export function fieldsOf(outline: Outline[], version: string): URLSearchParams {
  const fields = new URLSearchParams({ version });
  for (const { section, lessons } of outline) fields.append("section", `${section}:${lessons.join(",")}`);
  return fields;
}

/**
 * Saves orders one after another, each on the version that the one before left; of those that are made while one is on
 * its way only the last is sent. After a refusal the order that the server has is the one to show.
 */
export class OrderSaver {
  private wanted: Outline[] | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private kept: Outline[],
    private version: string,
    /** Brings it to the server; answers the version then. */
    private readonly send: (outline: Outline[], version: string) => Promise<string>,
    private readonly saved: () => void,
    private readonly refused: (kept: Outline[], error: unknown) => void,
  ) {}

  save(outline: Outline[]): Promise<void> {
    this.wanted = outline;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted) {
      const outline = this.wanted;
      this.wanted = undefined;
      try {
        this.version = await this.send(outline, this.version);
        this.kept = outline;
        if (!this.wanted) this.saved();
      } catch (error) {
        this.wanted = undefined;
        this.refused(this.kept, error);
      }
    }
  }
}

class CourseStudio extends HTMLElement {
  private saver: OrderSaver | undefined;
  private lifted: HTMLElement | null = null;
  private orderBefore: Outline[] = [];
  private pointer: number | null = null;

  connectedCallback(): void {
    this.classList.add("is-arranging");
    this.saver = new OrderSaver(
      this.outline(),
      this.dataset.version ?? "",
      (outline, version) => this.send(outline, version),
      () => this.onSaved(),
      (kept, error) => this.onRefused(kept, error),
    );
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("pointerdown", this.onDown);
    this.addEventListener("pointermove", this.onMove);
    this.addEventListener("pointerup", this.onUp);
    this.addEventListener("pointercancel", this.onCancel);
  }

  private outline(): Outline[] {
    return [...this.querySelectorAll<HTMLElement>("[data-section]")].map((section) => ({
      section: section.dataset.section ?? "",
      lessons: [...section.querySelectorAll<HTMLElement>("[data-lesson]")].map((l) => l.dataset.lesson ?? ""),
    }));
  }

  private show(outline: Outline[]): void {
    let number = 0;
    for (const { section, lessons } of outline) {
      const box = this.querySelector(`[data-section="${section}"]`);
      let after = box?.querySelector(".sh");
      for (const id of lessons) {
        const lesson = this.querySelector<HTMLElement>(`[data-lesson="${id}"]`);
        if (!lesson || !after) continue;
        if (after.nextElementSibling !== lesson) after.after(lesson);
        after = lesson;
        number += 1;
        const shown = lesson.querySelector(".no");
        if (shown) shown.textContent = String(number);
      }
      box?.querySelector(":scope > .empty")?.toggleAttribute("hidden", lessons.length > 0);
    }
  }

  private lift(lesson: HTMLElement): void {
    this.lifted = lesson;
    this.orderBefore = this.outline();
    lesson.classList.add("lift");
    this.say(lesson, "picked up");
  }

  private drop(): void {
    const lesson = this.lifted;
    if (!lesson) return;
    lesson.classList.remove("lift");
    this.lifted = null;
    const now = this.outline();
    if (JSON.stringify(now) === JSON.stringify(this.orderBefore)) return;
    this.say(lesson, "put down");
    void this.saver?.save(now);
  }

  private putBack(): void {
    const lesson = this.lifted;
    if (!lesson) return;
    this.show(this.orderBefore);
    lesson.classList.remove("lift");
    this.lifted = null;
    this.say(lesson, "back where it was");
    lesson.querySelector<HTMLElement>("[data-grip]")?.focus();
  }

  private say(lesson: HTMLElement, what: string): void {
    const all = [...this.querySelectorAll("[data-lesson]")];
    const status = this.querySelector("[data-said]");
    const title = lesson.querySelector("b")?.textContent ?? "The lesson";
    if (status) status.textContent = `“${title}” ${what}, ${all.indexOf(lesson) + 1} of ${all.length}.`;
  }

  private async send(outline: Outline[], version: string): Promise<string> {
    const body = fieldsOf(outline, version);
    const answer = await reach(this.dataset.arrange ?? "", { method: "POST", body });
    return String(((await answer.json()) as { version: number }).version);
  }

  private onSaved(): void {
    showTrouble("");
    const saved = this.querySelector("[data-saved]");
    if (saved) saved.textContent = "Saved just now";
  }

  private onRefused(kept: Outline[], error: unknown): void {
    this.show(kept);
    this.orderBefore = kept;
    showTrouble(error instanceof Refusal ? error.detail : troubleOf(0));
  }

  private onKey = (event: KeyboardEvent): void => {
    const grip = event.target instanceof Element ? event.target.closest("[data-grip]") : null;
    const lesson = grip?.closest<HTMLElement>("[data-lesson]");
    if (!lesson) return;
    if (!this.lifted) {
      if (!["m", "M", "Enter", " "].includes(event.key)) return;
      event.preventDefault();
      this.lift(lesson);
      return;
    }
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by !== 0) {
      this.show(step(this.outline(), this.lifted.dataset.lesson ?? "", by));
      lesson.querySelector<HTMLElement>("[data-grip]")?.focus();
      this.say(lesson, "is now");
    } else if (["Enter", " ", "m", "M"].includes(event.key)) this.drop();
    else if (event.key === "Escape") this.putBack();
    else if (event.key === "Tab") {
      this.drop();
      return;
    } else return;
    event.preventDefault();
  };

  private onDown = (event: PointerEvent): void => {
    const grip = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-grip]") : null;
    const lesson = grip?.closest<HTMLElement>("[data-lesson]");
    if (!grip || !lesson || event.button !== 0) return;
    if (this.lifted) this.drop();
    this.pointer = event.pointerId;
    this.setPointerCapture(event.pointerId);
    this.lift(lesson);
  };

  private onMove = (event: PointerEvent): void => {
    if (this.pointer !== event.pointerId || !this.lifted) return;
    const over = document.elementsFromPoint(event.clientX, event.clientY);
    const lesson = over
      .map((element) => element.closest<HTMLElement>("[data-lesson]"))
      .find((found) => found && found !== this.lifted && this.contains(found));
    if (lesson) {
      const box = lesson.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) lesson.before(this.lifted);
      else lesson.after(this.lifted);
    } else {
      const section = over
        .map((element) => element.closest<HTMLElement>("[data-section]"))
        .find((found) => found && !found.querySelector("[data-lesson]"));
      section?.querySelector(".sh")?.after(this.lifted);
    }
    this.show(this.outline());
  };

  private onUp = (event: PointerEvent): void => {
    if (this.pointer !== event.pointerId) return;
    this.pointer = null;
    this.drop();
  };

  private onCancel = (event: PointerEvent): void => {
    if (this.pointer !== event.pointerId) return;
    this.pointer = null;
    this.putBack();
  };
}

customElements.define("td-course-studio", CourseStudio);
