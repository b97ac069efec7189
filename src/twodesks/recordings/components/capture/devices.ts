/** Microphones, cameras and screens: asking for them, and saying in plain words why one is not to be had. */

export type Kind = "screen" | "camera" | "voice";

export interface Device {
  id: string;
  label: string;
}

/** Why there is no stream; `what` and `todo` are shown as they stand. */
export class NoDevice extends Error {
  constructor(
    readonly reason: "refused" | "missing" | "busy" | "unsupported" | "cancelled" | "other",
    readonly what: string,
    readonly todo: string,
  ) {
    super(what);
  }
}

const NAMES = { mic: "microphone", camera: "camera", screen: "screen" } as const;
type Wanted = keyof typeof NAMES;

export function explain(error: unknown, wanted: Wanted): NoDevice {
  const name = NAMES[wanted];
  const code = error instanceof Error ? error.name : "";
  if (code === "NotAllowedError" || code === "SecurityError") return refused(wanted);
  if (code === "NotFoundError" || code === "OverconstrainedError")
    return new NoDevice(
      "missing",
      `This computer has no ${name} that the browser can find.`,
      "Plug one in, then try again. Nothing was recorded yet.",
    );
  if (code === "NotReadableError" || code === "AbortError")
    return new NoDevice(
      "busy",
      `Another program is using the ${name}.`,
      "Close the call or program that has it, then try again.",
    );
  return new NoDevice(
    "other",
    `The ${name} could not be started.`,
    "Try again, or choose another one below.",
  );
}

function refused(wanted: Wanted): NoDevice {
  if (wanted === "screen")
    return new NoDevice(
      "cancelled",
      "No window or screen was chosen.",
      "Choose one to share, or record your voice alone. Nothing was recorded yet.",
    );
  return new NoDevice(
    "refused",
    `The browser may not use your ${NAMES[wanted]}.`,
    `Allow the ${NAMES[wanted]} for this page by the icon beside the address, then try again. Nothing was recorded yet.`,
  );
}

/** Whether this browser can record here at all; if not, why. */
export function cannotRecord(): string {
  if (!window.isSecureContext)
    return "Browsers record only on pages with https. Ask who runs this server to turn it on; until then, upload a file.";
  if (!("MediaRecorder" in window) || !navigator.mediaDevices?.getUserMedia)
    return "This browser cannot record. Upload a file that you made elsewhere, or open this page in another browser.";
  return "";
}

export const canShareScreen = (): boolean => "getDisplayMedia" in (navigator.mediaDevices ?? {});

const SPEECH: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export async function openMicrophone(deviceId = ""): Promise<MediaStream> {
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...SPEECH, ...device } });
  } catch (error) {
    throw explain(error, "mic");
  }
}

export async function openCamera(deviceId = ""): Promise<MediaStream> {
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...size, ...device } });
  } catch (error) {
    throw explain(error, "camera");
  }
}

export async function openScreen(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    });
  } catch (error) {
    throw explain(error, "screen");
  }
}

export async function listDevices(kind: "audioinput" | "videoinput"): Promise<Device[]> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const mine = all.filter((device) => device.kind === kind && device.deviceId !== "");
  const noun = kind === "audioinput" ? "Microphone" : "Camera";
  return mine.map((device, index) => ({
    id: device.deviceId,
    label: device.label || `${noun} ${index + 1}`,
  }));
}

/** The first container and codecs of ours that this browser makes. Opus everywhere, and a picture that most can play. */
export function bestType(withPicture: boolean): string {
  const types = withPicture
    ? ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"]
    : ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4", "audio/webm"];
  return types.find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
}

/** What is shared, in a few words. */
export function sharedWhat(track: MediaStreamTrack): string {
  const surface = (track.getSettings() as { displaySurface?: string }).displaySurface;
  if (surface === "browser") return "Sharing one tab";
  return surface === "window" ? "Sharing one window" : "Sharing the whole screen";
}
