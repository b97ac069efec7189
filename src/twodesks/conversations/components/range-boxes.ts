/**
 * Many boxes that are ticked together: with Shift, a click or Space ticks all from the last one to this one.
 *
 *     <td-range-boxes><label><input type="checkbox"> … </label> … </td-range-boxes>
 */
class RangeBoxes extends HTMLElement {
  private last: HTMLInputElement | undefined;

  connectedCallback(): void {
    this.addEventListener("click", this.onClick);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.onClick);
  }

  private readonly onClick = (event: MouseEvent): void => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const all = [...this.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
    const from = this.last ? all.indexOf(this.last) : -1;
    if (event.shiftKey && from >= 0) {
      const to = all.indexOf(box);
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
    }
    this.last = box;
  };
}

customElements.define("td-range-boxes", RangeBoxes);
