/**
 * What has been recorded and is not yet on the server, kept by the browser itself: a closed tab, a crash or a lost network
 * loses nothing that is in here. One row a recording, and one row a piece; a piece goes when the server has it.
 */
import { memberHere } from "~/lib/member";

export interface Kept {
  /** The recording's number on the server. */
  id: number;
  /** Whose it is. A browser may be shared, and what one member said there is not for the next one to see or to send. */
  member: string;
  kind: string;
  title: string;
  upload_url: string;
  url: string;
  content_type: string;
  started_at: number;
  /** How long it is by what is in the pieces. */
  duration_ms: number;
  /** All bytes that were ever recorded, sent or not. */
  bytes: number;
  /** Recording is over; once the pieces are there it can be finished. */
  stopped: boolean;
}

export interface Piece {
  recording: number;
  offset: number;
  end_ms: number;
  data: Blob;
}

export interface PieceStore {
  /** Those of the member whose page this is. */
  recordings(): Promise<Kept[]>;
  put(recording: Kept): Promise<void>;
  add(piece: Piece, recording: Kept): Promise<void>;
  pieces(recording: number): Promise<Piece[]>;
  /** Forgets the pieces that end at or before `bytes`. */
  sent(recording: number, bytes: number): Promise<void>;
  forget(recording: number): Promise<void>;
}

const NAME = "twodesks-recordings";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function complete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

/** A recording's pieces have keys `[recording, offset]`, so a range of keys is a range of bytes. */
const piecesOf = (recording: number) =>
  IDBKeyRange.bound([recording, 0], [recording, Number.MAX_SAFE_INTEGER]);

class BrowserStore implements PieceStore {
  constructor(
    private readonly database: IDBDatabase,
    private readonly member: string,
  ) {}

  async recordings(): Promise<Kept[]> {
    const rows: Kept[] = await done(
      this.database.transaction("recordings").objectStore("recordings").getAll(),
    );
    return rows.filter((row) => row.member === this.member);
  }

  async put(recording: Kept): Promise<void> {
    const transaction = this.database.transaction("recordings", "readwrite");
    transaction.objectStore("recordings").put(recording);
    await complete(transaction);
  }

  async add(piece: Piece, recording: Kept): Promise<void> {
    const transaction = this.database.transaction(["recordings", "pieces"], "readwrite", {
      durability: "strict",
    });
    transaction.objectStore("pieces").put(piece);
    transaction.objectStore("recordings").put(recording);
    await complete(transaction);
  }

  pieces(recording: number): Promise<Piece[]> {
    return done(this.database.transaction("pieces").objectStore("pieces").getAll(piecesOf(recording)));
  }

  async sent(recording: number, bytes: number): Promise<void> {
    const transaction = this.database.transaction("pieces", "readwrite");
    const request = transaction.objectStore("pieces").openCursor(piecesOf(recording));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      const piece = cursor.value as Piece;
      if (piece.offset + piece.data.size > bytes) return;
      cursor.delete();
      cursor.continue();
    };
    await complete(transaction);
  }

  async forget(recording: number): Promise<void> {
    const transaction = this.database.transaction(["recordings", "pieces"], "readwrite");
    transaction.objectStore("pieces").delete(piecesOf(recording));
    transaction.objectStore("recordings").delete(recording);
    await complete(transaction);
  }
}

/** For browsers that keep nothing (private windows of some): safe as long as the tab is open. */
export class TabStore implements PieceStore {
  private readonly rows = new Map<number, Kept>();
  private kept: Piece[] = [];

  constructor(private readonly member = memberHere()) {}

  async recordings(): Promise<Kept[]> {
    return [...this.rows.values()].filter((row) => row.member === this.member);
  }

  async put(recording: Kept): Promise<void> {
    this.rows.set(recording.id, { ...recording });
  }

  async add(piece: Piece, recording: Kept): Promise<void> {
    this.kept.push(piece);
    await this.put(recording);
  }

  async pieces(recording: number): Promise<Piece[]> {
    return this.kept.filter((piece) => piece.recording === recording);
  }

  async sent(recording: number, bytes: number): Promise<void> {
    this.kept = this.kept.filter(
      (piece) => piece.recording !== recording || piece.offset + piece.data.size > bytes,
    );
  }

  async forget(recording: number): Promise<void> {
    this.rows.delete(recording);
    this.kept = this.kept.filter((piece) => piece.recording !== recording);
  }
}

/** `outlives` says whether what is kept is still there after the tab is gone. */
export async function openStore(member = memberHere()): Promise<{ store: PieceStore; outlives: boolean }> {
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("recordings", { keyPath: "id" });
      request.result.createObjectStore("pieces", { keyPath: ["recording", "offset"] });
    };
    return { store: new BrowserStore(await done(request), member), outlives: true };
  } catch {
    return { store: new TabStore(member), outlives: false };
  }
}
