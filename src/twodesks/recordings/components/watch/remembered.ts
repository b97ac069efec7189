/** Small choices that this browser keeps: speed, captions, loudness. */
export function remembered<T extends string | number | boolean>(name: string, otherwise: T): T {
  try {
    const kept = localStorage.getItem(`td-player-${name}`);
    if (kept === null) return otherwise;
    const value: unknown = JSON.parse(kept);
    return typeof value === typeof otherwise ? (value as T) : otherwise;
  } catch {
    return otherwise;
  }
}

export function keepInMind(name: string, value: string | number | boolean): void {
  try {
    localStorage.setItem(`td-player-${name}`, JSON.stringify(value));
  } catch {
    // Without a store the choice lasts as long as the page.
  }
}
