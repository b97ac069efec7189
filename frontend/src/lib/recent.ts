/** The places a member chose in the palette lately; in this browser only, and gone when they sign out. */
export interface Recent {
  href: string;
  words: string;
}
const KEPT = 5;
const key = (member: string) => `td-recent-${member}`;

export function recentPlaces(member: string): Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(member)) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent).slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function rememberPlace(member: string, place: Recent): void {
  const others = recentPlaces(member).filter((other) => other.href !== place.href);
  try {
    localStorage.setItem(key(member), JSON.stringify([place, ...others].slice(0, KEPT)));
  } catch {
    // A full or forbidden store only means that the palette starts empty next time.
  }
}

export function forgetRecent(member: string): void {
  localStorage.removeItem(key(member));
}

function isRecent(value: unknown): value is Recent {
  const place = value as Partial<Recent> | null;
  return typeof place?.href === "string" && typeof place.words === "string";
}
