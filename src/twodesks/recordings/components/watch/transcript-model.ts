/**
 * The words of a recording as a page needs them: each with its time, its cue, and whether the captions are sure of it.
 *
 * Cues are what people read and mend; words are what the model heard. After somebody mended a cue its words may be others,
 * so a cue's own text decides, and takes its times from the words heard where both agree in number.
 */
import type { Cue, Word } from "../kit/status";
import { indexAt } from "../kit/time";

export interface Captions {
  version: number | null;
  final: boolean;
  cues: Cue[];
  words: Word[];
}

export interface Token {
  /** Its place among all tokens of the recording. */
  index: number;
  cue: number;
  text: string;
  start_ms: number;
  end_ms: number;
  unsure: boolean;
}

export interface Line {
  cue: Cue;
  tokens: Token[];
}

/** Below this the model was guessing more than hearing. */
export const UNSURE_BELOW = 0.5;

export function linesOf(captions: Pick<Captions, "cues" | "words">): Line[] {
  let index = 0;
  return captions.cues.map((cue, at) => {
    const texts = cue.text.split(/\s+/).filter(Boolean);
    const heard = heardIn(cue, captions.words);
    const times = heard.length === texts.length ? heard : spread(cue, texts);
    const tokens = texts.map((text, place) => {
      const { start_ms, end_ms, probability } = times[place] ?? { ...cue, probability: 1 };
      return { index: index++, cue: at, text, start_ms, end_ms, unsure: probability < UNSURE_BELOW };
    });
    return { cue, tokens };
  });
}

/** Words whose middle lies in the cue. */
function heardIn(cue: Cue, words: readonly Word[]): Word[] {
  const found: Word[] = [];
  for (let at = Math.max(0, indexAt(words, cue.start_ms) - 1); at < words.length; at += 1) {
    const word = words[at];
    if (!word || word.start_ms >= cue.end_ms) break;
    const middle = (word.start_ms + word.end_ms) / 2;
    if (middle >= cue.start_ms && middle < cue.end_ms) found.push(word);
  }
  return found;
}

/** Without words of their own, tokens share the cue's time by their length. */
function spread(cue: Cue, texts: readonly string[]): Word[] {
  const letters = texts.map((text) => text.length + 1);
  const all = letters.reduce((sum, count) => sum + count, 0);
  const span = cue.end_ms - cue.start_ms;
  let before = 0;
  return texts.map((text, place) => {
    const start_ms = Math.round(cue.start_ms + (span * before) / all);
    before += letters[place] ?? 0;
    return { text, start_ms, end_ms: Math.round(cue.start_ms + (span * before) / all), probability: 1 };
  });
}

export const tokensOf = (lines: readonly Line[]): Token[] => lines.flatMap((line) => line.tokens);

export interface Stretch {
  start_ms: number;
  end_ms: number;
  text: string;
}

/** What lies from one token to another, whichever comes first. */
export function stretch(tokens: readonly Token[], from: number, to: number): Stretch | undefined {
  const chosen = tokens.slice(Math.min(from, to), Math.max(from, to) + 1);
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last) return undefined;
  return {
    start_ms: first.start_ms,
    end_ms: Math.max(last.end_ms, first.start_ms + 1),
    text: chosen.map((token) => token.text).join(" "),
  };
}

/** A title for a clip that nobody has named yet: its first words, to the end of a phrase where one is near. */
export function titleOf(text: string, longest = 60): string {
  const plain = text.trim();
  const phrase = /^.{12,}?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain;
  if (phrase.length <= longest) return phrase.replace(/[.,;:]$/, "");
  return `${phrase
    .slice(0, longest)
    .replace(/\s+\S*$/, "")
    .replace(/[.,;:]$/, "")}…`;
}

/** The text of a cue after one of its words was changed to others, or taken away by none. */
export function withWord(line: Line, place: number, text: string): string {
  const texts = line.tokens.map((token) => token.text);
  texts.splice(place, 1, ...text.split(/\s+/).filter(Boolean));
  return texts.join(" ");
}

/** Start and end of a cue, kept apart from its neighbours and from each other; undefined if they leave no room. */
export function fitTimes(
  cues: readonly Cue[],
  at: number,
  start_ms: number,
  end_ms: number,
): { start_ms: number; end_ms: number } | undefined {
  const earliest = cues[at - 1]?.end_ms ?? 0;
  const latest = cues[at + 1]?.start_ms ?? Number.POSITIVE_INFINITY;
  const fitted = { start_ms: Math.max(earliest, start_ms), end_ms: Math.min(latest, end_ms) };
  return fitted.end_ms - fitted.start_ms >= 100 ? fitted : undefined;
}

export interface Match {
  from: number;
  to: number;
}

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}|[^\p{L}\p{N}\s_-]/gu, "")
    .toLowerCase();

/** Where the words occur, over the ends of cues too; case, accents and punctuation do not matter. */
export function find(tokens: readonly Token[], query: string): Match[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean).join(" ");
  if (!wanted) return [];
  const starts: number[] = [];
  let all = "";
  for (const token of tokens) {
    starts.push(all.length);
    all += `${plain(token.text)} `;
  }
  const matches: Match[] = [];
  let place = 0;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + wanted.length)) {
    while (place + 1 < starts.length && (starts[place + 1] ?? 0) <= at) place += 1;
    let to = place;
    while (to + 1 < starts.length && (starts[to + 1] ?? 0) < at + wanted.length) to += 1;
    matches.push({ from: place, to });
  }
  return matches;
}
