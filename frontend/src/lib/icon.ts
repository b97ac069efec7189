import "../../brand/favicon.svg?url";
import "../../brand/portrait.svg?url";
import sprite from "../../icons/sprite.svg?url";

/** An icon of the sprite, for elements that draw themselves; templates use `<c-icon name="check" />`. */
export function icon(name: string, classes = ""): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `i ${classes}`.trim());
  svg.setAttribute("width", "18");
  svg.setAttribute("height", "18");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}
