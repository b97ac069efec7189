/** Whose page this is, as it was when it was made; "" for a guest. What a browser keeps is kept for them alone. */
export function memberHere(): string {
  return document.body.dataset.member ?? "";
}
