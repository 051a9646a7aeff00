/**
 * Microphone: the switch and what is really heard behind it.
 *
 * `state` is the truth, not the wish: "none" without a device, "off" by the switch, "silent" when
 * it is on and nothing has come for a while, else "on". Event `change`: it is another now; `level`:
 * ten times a second.
 */

const LOOK_MS = 100;
/** Below it is no room: the noise of an open microphone is at -60 dBov and more. */
const SILENT_DBOV = -65;
const SILENT_MS = 4000;
const FLOOR_DBOV = -127;

export class Microphone extends EventTarget {
  state = "none";
  /** dBov of the last tenth of a second; null while nobody can know. */
  level = null;
  #track = null;
  #context = null;
  #source = null;
  #analyser = null;
  #samples = new Float32Array(2048);
  #heard_ms = 0;
  #loudest = null;

  constructor() {
    super();
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** The device; null: there is none. It stays as open or shut as the switch was. */
  set track(track) {
    if (track === this.#track) return;
    const open = this.open;
    this.#track = track;
    this.#source?.disconnect();
    this.#source = null;
    if (track !== null) track.enabled = open;
    if (open) this.#listen();
    this.#judge();
  }

  get open() {
    return this.#track?.enabled === true;
  }

  /** The switch. To open it is for a person's click alone. */
  set open(open) {
    if (this.#track === null || this.#track.enabled === open) return;
    this.#track.enabled = open;
    if (open) this.#listen();
    this.#judge();
  }

  /** The loudest since this was asked last, whole dBov, as `endpoint.report` tells it; or null. */
  takeLevel() {
    const level = this.#loudest;
    this.#loudest = null;
    return level === null ? null : Math.round(level);
  }

  #listen() {
    this.#heard_ms = performance.now();
    this.#context ??= new AudioContext();
    void this.#context.resume();
    if (this.#source !== null) return;
    this.#analyser ??= new AnalyserNode(this.#context, { fftSize: this.#samples.length });
    this.#source = this.#context.createMediaStreamSource(new MediaStream([this.#track]));
    this.#source.connect(this.#analyser);
  }

  #look() {
    this.level = this.open && this.#context?.state === "running" ? this.#measure() : null;
    if (this.level !== null) {
      this.#loudest = Math.max(this.level, this.#loudest ?? FLOOR_DBOV);
      if (this.level > SILENT_DBOV) this.#heard_ms = performance.now();
    }
    this.dispatchEvent(new CustomEvent("level"));
    this.#judge();
  }

  #measure() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let energy = 0;
    for (const sample of this.#samples) energy += sample * sample;
    const dbov = 10 * Math.log10(energy / this.#samples.length);
    return Math.min(0, Math.max(FLOOR_DBOV, dbov));
  }

  #judge() {
    const state = this.#word();
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("change"));
  }

  #word() {
    if (this.#track === null) return "none";
    if (!this.#track.enabled) return "off";
    return performance.now() - this.#heard_ms > SILENT_MS ? "silent" : "on";
  }
}
