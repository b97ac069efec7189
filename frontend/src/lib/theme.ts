/**
 * Light, dark, or as the system has it. The choice is a cookie, so the server writes it into the page and nothing
 * flashes; without script the same buttons post a form.
 */
export type Theme = "light" | "dark" | "system";
const YEAR = 60 * 60 * 24 * 365;

export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const age = theme === "system" ? 0 : YEAR;
  const safe = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from browsers that we serve
  document.cookie = `td_theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${safe}`;
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]"))
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
}

export function listenForTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
    if (!button) return;
    event.preventDefault();
    setTheme(button.dataset.themeChoice as Theme);
  });
}
