/** The record page once a device is open: getting ready, the countdown, recording, and the last seconds on their way. */
import { html, nothing, type TemplateResult } from "lit";
import { glyph } from "../kit/glyph";
import type { Cue } from "../kit/status";
import { clock } from "../kit/time";
import type { Device, Kind } from "./devices";
import type { Stage } from "./session";
import type { LevelWord } from "./sound-desk";
import { LEVEL_WORDS } from "./sound-desk";
import type { Alarm, SafeLine } from "./words";

export interface StageView {
  kind: Kind;
  stage: Stage;
  count: number;
  starting: boolean;
  elapsed_ms: number;
  shared: string;
  cues: readonly Cue[];
  /** How many of them will not change any more. */
  settled: number;
  level: LevelWord;
  safe: SafeLine;
  alarm: Alarm | undefined;
  trouble: string;
  elsewhere: boolean;
  microphones: readonly Device[];
  microphone: string;
  cameras: readonly Device[];
  camera: string;
  setMicrophone: (id: string) => void;
  setCamera: (id: string) => void;
  start: () => void;
  skipCount: () => void;
  back: () => void;
  pause: () => void;
  resume: () => void;
  stop: () => void;
  signIn: () => void;
}

/** Earlier cues have left the panel at its upper edge. */
const SHOWN = 40;

export function stageView(view: StageView): TemplateResult {
  return html`
    <div class="rmid">
      <div class="view">
        ${view.kind === "voice" ? voiceScreen(view) : pictureScreen(view)}
        ${view.count > 0 ? countdown(view) : nothing} ${alarmBar(view)}
      </div>
      ${view.stage === "ready" ? readyPanel(view) : captionsPanel(view)}
    </div>
    ${view.stage === "ready" ? readyFoot(view) : runningFoot(view)}`;
}

function pictureScreen(view: StageView): TemplateResult {
  return html`<div class="screen">
    <video class="preview ${view.kind === "camera" ? "mirrored" : ""}" muted autoplay playsinline aria-label="What is being recorded"></video>
    ${view.shared ? html`<span class="share">${glyph("monitor", "i-s")}${view.shared}</span>` : nothing}
  </div>`;
}

/** Nothing to see while one only talks, so the words are what fills the screen. */
function voiceScreen(view: StageView): TemplateResult {
  const said = view.cues.at(-1)?.text;
  return html`<div class="screen voice-screen">
    <span class="voice-mic ${view.stage === "recording" ? "on" : ""}">${glyph("mic")}</span>
    <p aria-hidden="true">${said ?? (view.stage === "ready" ? "Say a word or two to try the microphone" : "")}</p>
  </div>`;
}

function countdown(view: StageView): TemplateResult {
  return html`<div class="count-in">
    <span role="timer" aria-live="assertive" aria-atomic="true">${view.count}</span>
    <button type="button" class="btn btn-line btn-s" @click=${view.skipCount}>Start now</button>
  </div>`;
}

function alarmBar(view: StageView): TemplateResult | typeof nothing {
  const { alarm } = view;
  if (!alarm && view.trouble)
    return html`<div class="note errbar" role="alert">${glyph("cloud-alert")}<div>${view.trouble}</div></div>`;
  if (!alarm) return view.elsewhere ? elsewhereBar() : nothing;
  return html`<div class="note errbar" role="alert">
    ${glyph(alarm.icon)}
    <div class="grow">
      <b class="strong">${alarm.title}</b><br />${alarm.text} ${alarmAction(view)}
    </div>
  </div>`;
}

function alarmAction(view: StageView): TemplateResult | typeof nothing {
  switch (view.alarm?.action) {
    case "sign-in":
      return acts(html`<button type="button" class="btn btn-s" @click=${view.signIn}>Sign in again</button>`);
    case "microphone":
      return acts(html`${microphonePicker(view, "lost-microphone")}${stopButton(view)}`);
    case "picture":
      return acts(
        html`<button type="button" class="btn btn-s" @click=${view.resume}>Go on with voice alone</button>${stopButton(view)}`,
      );
    case "stop":
      return view.stage === "stopping" ? nothing : acts(stopButton(view));
    default:
      return nothing;
  }
}

const acts = (buttons: TemplateResult) => html`<span class="row wrap acts">${buttons}</span>`;
const stopButton = (view: StageView) =>
  html`<button type="button" class="btn btn-line btn-s" @click=${view.stop}>Stop and keep it</button>`;

const elsewhereBar = () => html`<div class="note errbar" role="status">
  ${glyph("info")}
  <div><b class="strong">You are recording in another tab too.</b><br />Both are kept, each by itself. Mind that both hear your microphone.</div>
</div>`;

function microphonePicker(view: StageView, id: string): TemplateResult {
  return html`<label class="picker" for=${id}>${glyph("mic", "i-s")}<span class="vh">Microphone</span>
    <select class="input" id=${id} @change=${(event: Event) => view.setMicrophone((event.target as HTMLSelectElement).value)}>
      ${id === "lost-microphone" ? html`<option value="" selected disabled>Choose a microphone</option>` : nothing}
      ${view.microphones.map((device) => html`<option value=${device.id} ?selected=${id !== "lost-microphone" && device.id === view.microphone}>${device.label}</option>`)}
    </select></label>`;
}

function readyPanel(view: StageView): TemplateResult {
  return html`<section class="live ready" aria-label="Before you start">
    <div class="head"><h2>Before you start</h2></div>
    <div class="stack">
      <div class="field"><label for="microphone">Microphone</label>
        <select class="input" id="microphone" @change=${(event: Event) => view.setMicrophone((event.target as HTMLSelectElement).value)}>
          ${view.microphones.map((device) => html`<option value=${device.id} ?selected=${device.id === view.microphone}>${device.label}</option>`)}
        </select></div>
      ${
        view.kind === "camera" && view.cameras.length > 1
          ? html`<div class="field"><label for="camera">Camera</label>
            <select class="input" id="camera" @change=${(event: Event) => view.setCamera((event.target as HTMLSelectElement).value)}>
              ${view.cameras.map((device) => html`<option value=${device.id} ?selected=${device.id === view.camera}>${device.label}</option>`)}
            </select></div>`
          : nothing
      }
      <ul class="tips sm soft">
        <li>Say first what somebody will be able to do.</li>
        <li>Two to five minutes help most.</li>
        <li>A slip of the tongue does not matter: you can change words afterwards.</li>
      </ul>
    </div>
  </section>`;
}

function captionsPanel(view: StageView): TemplateResult {
  const last = view.cues.length - 1;
  // Your own words read out to you while you talk would stop you talking: silent for screen readers.
  return html`<section class="live" aria-label="Live captions">
    <div class="head"><h2>Captions, as you talk</h2></div>
    <div class="live-b"><div class="cues" aria-live="off">
      ${view.cues.length === 0 ? html`<p class="sm muted">Your words appear here a few seconds after you say them.</p>` : nothing}
      ${view.cues.slice(-SHOWN).map((cue, index, shown) => {
        const at = index + view.cues.length - shown.length;
        return html`<div class="cue ${at === last ? "now" : ""}"><span class="stamp">${clock(cue.start_ms)}</span>
          <span class=${at >= view.settled && at === last ? "w" : ""}>${cue.text}</span></div>`;
      })}
    </div></div>
  </section>`;
}

/** Narrow screens have no room for where it is safe, only for up to when. */
function shortened(words: string): TemplateResult {
  const [before, after] = words.split(" on the server");
  return html`${before}<span class="only-l"> on the server</span>${after}`;
}

function meter(view: StageView): TemplateResult {
  return html`<canvas class="meter" role="img" aria-label="Microphone level: ${LEVEL_WORDS[view.level].toLowerCase()}"></canvas>
    <span class="sm muted level-word">${levelWords(view)}</span>`;
}

function levelWords(view: StageView): string {
  if (view.stage === "paused") return "Paused";
  if (view.stage === "stopping") return "Ending";
  return LEVEL_WORDS[view.level];
}

function readyFoot(view: StageView): TemplateResult {
  return html`<footer class="rbot">
    <div class="row row-3">${meter(view)}</div>
    <div class="ctrls">
      <button type="button" class="btn btn-coral btn-l start" ?disabled=${view.count > 0} aria-busy=${view.starting} @click=${view.start}>
        <span class="rec-dot"></span>Start recording</button>
    </div>
    <div class="up"><button type="button" class="btn btn-bare btn-s" @click=${view.back}>Choose another way</button></div>
  </footer>`;
}

function runningFoot(view: StageView): TemplateResult {
  const { stage, safe } = view;
  const paused = stage === "paused";
  return html`<footer class="rbot">
    <div class="row row-3">
      <span class="live-dot ${stage === "recording" ? "" : "off"}"></span>
      <span class="time" role="timer" aria-label="Recorded">${clock(view.elapsed_ms)}</span>${meter(view)}
    </div>
    <div class="ctrls">
      <button type="button" class="big" ?disabled=${stage === "stopping"} aria-label=${paused ? "Go on" : "Pause"} @click=${paused ? view.resume : view.pause}>
        ${paused ? glyph("play") : glyph("pause")}</button>
      <button type="button" class="big stop" ?disabled=${stage === "stopping"} aria-label="Stop and keep" @click=${view.stop}></button>
    </div>
    <div class="up">
      ${
        safe.waiting
          ? html`<span class="t-warn row">${glyph("cloud-off", "i-s")}<b class="label">${safe.strong}</b></span>`
          : html`<span><b class="label">${shortened(safe.strong)}</b> <span class="muted only-l num">${safe.weak}</span></span>`
      }
      <progress class="track track-coral" max="1" .value=${safe.part} aria-label="Part of the recording that is on the server"></progress>
    </div>
  </footer>`;
}
