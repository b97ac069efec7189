/** The token that Django asks of every change, for elements that call the server themselves. */
export function csrfHeaders(): Record<string, string> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return { "X-CSRFToken": token };
}

/** Another token, for elements, htmx and the forms of this page alike. */
export function setToken(token: string): void {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
  if (meta) meta.content = token;
  document.body.setAttribute("hx-headers", JSON.stringify(csrfHeaders()));
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="csrfmiddlewaretoken"]'))
    field.value = token;
}
