/** The token that Django asks of every change, for elements that call the server themselves. */
export function csrfHeaders(): Record<string, string> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return { "X-CSRFToken": token };
}
