/**
 * The part of tus 1.0 that a browser needs: make an upload, ask how far it is, send the next bytes.
 *
 * Not tus-js-client, because a recording is not one file that can be read again: its bytes come as they are made, are kept
 * in IndexedDB until the server has them, and must go on from there in a later page. With that, only these three
 * requests are left of a client.
 */
import { Refusal, reach, refusal, Unreachable } from "~/lib/api";

const VERSION = { "Tus-Resumable": "1.0.0" };
/** The server takes at most this much at once. */
export const LARGEST_PIECE = 8 * 1024 * 1024;

export interface Bytes {
  readonly size: number;
}

export interface Wire {
  /** How many bytes the server has safely. */
  offset(address: string, signal?: AbortSignal): Promise<number>;
  /** Sends `piece` as what follows the first `offset` bytes; answers how many the server has then. */
  append(address: string, offset: number, piece: Blob, signal?: AbortSignal): Promise<number>;
  /** Lets a recording take more that was ended while this browser was away. */
  reopen(recording: number): Promise<void>;
}

/** The server has another number of bytes than we thought: ask it, and go on from there. */
export class OffsetDiffers extends Error {}

/** The upload is whole: either the answer that said so was lost on the way, or it has to be reopened to take more. */
export class Ended extends OffsetDiffers {}

function offsetOf(response: Response): number {
  const offset = Number(response.headers.get("Upload-Offset") ?? Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Unreachable();
  return offset;
}

const withSignal = (signal: AbortSignal | undefined): RequestInit => (signal ? { signal } : {});

export const tus: Wire = {
  async offset(address, signal) {
    const response = await reach(address, { headers: VERSION, ...withSignal(signal), method: "HEAD" });
    return offsetOf(response);
  },

  async append(address, offset, piece, signal) {
    const headers = {
      ...VERSION,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
    };
    try {
      return offsetOf(await reach(address, { headers, body: piece, ...withSignal(signal), method: "PATCH" }));
    } catch (error) {
      if (error instanceof Refusal && error.code === "upload-ended") throw new Ended();
      if (error instanceof Refusal && (error.status === 409 || error.status === 423))
        throw new OffsetDiffers();
      throw error;
    }
  },

  async reopen(recording) {
    await reach(`/recordings/${recording}/reopen`, { method: "POST" });
  },
};

/** Makes an upload for a file of known length; answers its address. */
export async function createUpload(
  endpoint: string,
  file: { name: string; type: string; size: number },
  purpose = "recording",
): Promise<string> {
  const response = await reach(endpoint, {
    method: "POST",
    headers: {
      ...VERSION,
      "Upload-Length": String(file.size),
      "Upload-Metadata": metadata({ filename: file.name, filetype: file.type, purpose }),
    },
  });
  const address = response.headers.get("Location");
  if (!address) throw await refusal(response);
  return new URL(address, location.href).pathname;
}

/** Gives up an upload, so that the server can forget what it has of it. */
export async function deleteUpload(address: string): Promise<void> {
  await reach(address, { method: "DELETE", headers: VERSION });
}

export function metadata(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(",");
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
