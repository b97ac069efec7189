import htmx from "htmx.org";

// Our pages forbid eval and injected styles (Content-Security-Policy), and a refused form comes back as 422 with its
// errors in it, so that is shown like any answer. Errors of the server keep the page as it is; see lib/toasts.ts.
Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  allowNestedOobSwaps: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

export { htmx };
