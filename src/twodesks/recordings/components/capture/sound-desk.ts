/**
 * Mixes what is heard (a microphone, and the sound of a shared tab) into one track that never ends.
 *
 * MediaRecorder stops for good when a track of its stream ends or is changed; a microphone that is unplugged would end the
 * recording. So it gets the track of this desk, and microphones come and go on the other side.
 */
export class SoundDesk {
  private readonly context = new AudioContext();
  private readonly out = this.context.createMediaStreamDestination();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples: Float32Array<ArrayBuffer>;
  private microphone: { stream: MediaStream; node: MediaStreamAudioSourceNode } | undefined;

  constructor() {
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  /** The mixed sound, for the recorder. */
  get track(): MediaStreamTrack {
    const [track] = this.out.stream.getAudioTracks();
    if (!track) throw new Error("an audio destination always has a track");
    return track;
  }

  async start(): Promise<void> {
    await this.context.resume();
  }

  /** Takes another microphone in place of the one before. */
  setMicrophone(stream: MediaStream): void {
    this.dropMicrophone();
    const node = this.context.createMediaStreamSource(stream);
    node.connect(this.out);
    node.connect(this.analyser);
    this.microphone = { stream, node };
  }

  dropMicrophone(): void {
    this.microphone?.node.disconnect();
    for (const track of this.microphone?.stream.getTracks() ?? []) track.stop();
    this.microphone = undefined;
  }

  /** The sound of a shared tab is recorded, but does not move the level meter. */
  addShared(stream: MediaStream): void {
    if (stream.getAudioTracks().length > 0) this.context.createMediaStreamSource(stream).connect(this.out);
  }

  /** How loud it is now, 0 to 1, on a scale that follows the ear. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return loudness(this.samples);
  }

  close(): void {
    this.dropMicrophone();
    void this.context.close();
  }
}

/** Root mean square in decibels, -60 dB to 0 dB laid on 0 to 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(samples.length, 1));
  const decibels = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.min(1, Math.max(0, (decibels + 60) / 60));
}

export type LevelWord = "silent" | "quiet" | "good" | "loud";

/** What the last seconds of levels mean for somebody who is speaking. */
export function levelWord(levels: readonly number[]): LevelWord {
  const peak = Math.max(0, ...levels);
  if (peak < 0.12) return "silent";
  if (peak < 0.42) return "quiet";
  return levels.filter((level) => level > 0.93).length > levels.length / 8 ? "loud" : "good";
}

export const LEVEL_WORDS: Record<LevelWord, string> = {
  silent: "We hear nothing",
  quiet: "A little quiet",
  good: "Level is good",
  loud: "Too loud, move back a little",
};
