import { html, type TemplateResult } from "lit";
import sprite from "../../../../../frontend/icons/sprite.svg?url";

/** An icon of the sprite, for lit templates. */
export function glyph(name: string, classes = ""): TemplateResult {
  return html`<svg class="i ${classes}" aria-hidden="true"><use href="${sprite}#i-${name}"></use></svg>`;
}
