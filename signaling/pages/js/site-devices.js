/**
 * Devices: the room's camera and microphone, and what is wrong with them.
 *
 * The microphone's track comes disabled: only a person's switch opens it. Each medium fails for
 * itself, so a room without a camera is still heard. The choice is kept for the next time.
 *
 * Event `change`: `camera`, `mic` (tracks or null), `trouble` ({camera, mic}: "" | "denied" |
 * "missing" | "busy" | "insecure" | "failed") or the lists are other now.
 */

const CHOICE = "room110.devices";
const TROUBLE = new Map([
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["NotReadableError", "busy"],
  ["AbortError", "busy"],
]);

/**
 * `?camera=640x360@15` asks for another picture than *usual*, for a weak machine or line; `?screen=` the
 * same for what is shown as slides.
 */
export function pictureSize(name = "camera", usual = [1280, 720, 30], search = location.search) {
  const asked = new URLSearchParams(search).get(name) ?? "";
  const match = /^(\d{2,4})x(\d{2,4})@(\d{1,2})$/.exec(asked);
  const [width, height, frameRate] = match ? match.slice(1).map(Number) : usual;
  return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate, max: frameRate } };
}

export class Devices extends EventTarget {
  camera = null;
  mic = null;
  trouble = { camera: "", mic: "" };
  /** What the machine has, once allowed: [{id, label}] */
  cameras = [];
  mics = [];
  #chosen = JSON.parse(localStorage.getItem(CHOICE) ?? "{}");

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#onPlugged());
    void this.#followPermission("camera");
    void this.#followPermission("microphone");
  }

  /** Open what is not open. One question to the person for both, where both are wanted. */
  async open() {
    if (navigator.mediaDevices === undefined) {
      this.trouble = { camera: "insecure", mic: "insecure" };
    } else {
      const wanted = ["mic", "camera"].filter((name) => this[name] === null);
      if (wanted.length === 2 && !(await this.#get(wanted))) {
        for (const name of wanted) await this.#get([name]);
      } else if (wanted.length === 1) await this.#get(wanted);
      await this.#list();
    }
    this.#tell();
  }

  /** Use another "camera" or "mic" from now on. */
  async choose(name, id) {
    this.#chosen = { ...this.#chosen, [name]: id };
    localStorage.setItem(CHOICE, JSON.stringify(this.#chosen));
    this[name]?.stop();
    this[name] = null;
    await this.open();
  }

  /** @returns {Promise<boolean>} whether all of *names* are open now */
  async #get(names) {
    const id = (name) => (this.#chosen[name] ? { deviceId: { ideal: this.#chosen[name] } } : {});
    const constraints = {
      audio: names.includes("mic") && { ...id("mic"), channelCount: 1 },
      video: names.includes("camera") && { ...id("camera"), ...pictureSize() },
    };
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      for (const track of stream.getTracks()) this.#take(track);
      return true;
    } catch (error) {
      const why = TROUBLE.get(error.name) ?? "failed";
      for (const name of names) this.trouble = { ...this.trouble, [name]: why };
      return false;
    }
  }

  #take(track) {
    const name = track.kind === "audio" ? "mic" : "camera";
    if (name === "mic") track.enabled = false;
    this[name] = track;
    this.trouble = { ...this.trouble, [name]: "" };
    track.onended = () => {
      if (this[name] !== track) return;
      this[name] = null;
      this.trouble = { ...this.trouble, [name]: "missing" };
      this.#tell();
    };
  }

  async #list() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind) =>
      all
        .filter((device) => device.kind === kind && device.label !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.cameras = of("videoinput");
    this.mics = of("audioinput");
  }

  async #onPlugged() {
    if (Object.values(this.trouble).some((why) => why === "missing" || why === "busy")) {
      await this.open();
    } else {
      await this.#list();
      this.#tell();
    }
  }

  async #followPermission(name) {
    let status;
    try {
      status = await navigator.permissions.query({ name });
    } catch {
      return; // This browser does not tell; the button does the same.
    }
    status.onchange = () => status.state === "granted" && void this.open();
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
