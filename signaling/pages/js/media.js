/**
 * Media: the one PeerConnection of a session.
 *
 * Its m-lines are `hello.ok.slots`, in that order, fixed for the session; a floor change moves no
 * m-line, `stage` only says who stands in a slot now. It is made anew when the service says
 * `media.reset`, when it is another service (new boot), when ICE or DTLS fail, and for a console at
 * each connection, whose media ends with its WebSocket.
 *
 * The MediaStream of a slot lives as long as the page: put it into an element once, and a new
 * PeerConnection changes the track inside it.
 *
 * Events: `state` detail {state}: "none" | "connecting" | "up" | "lost".
 */

import { Disconnected, Refused } from "./protocol.js";
import { tally } from "./stats.js";

const BACKOFF_S = [0.3, 4];
const CONNECT_S = 10;
/** While control is lost nobody says that media is too: then the page looks for itself. */
const LOOK_MS = 1000;
const SILENT_MS = 4000;
/** The server's own verdict takes 5 s; before it Chromium may find the way again by itself. */
const DISCONNECTED_S = 6;
const CODECS = { audio: "audio/opus", video: "video/VP8" };

/** Encodings for a camera of *width*: q is the thumbnail, f what the stage shows. */
function encodings(width) {
  const q = { rid: "q", scaleResolutionDownBy: Math.max(1, width / 320), maxBitrate: 120_000 };
  const f = {
    rid: "f",
    scaleResolutionDownBy: Math.max(1, width / 1280),
    maxBitrate: width > 640 ? 1_500_000 : 700_000,
  };
  return [q, f];
}

export class Media extends EventTarget {
  state = "none";
  #session;
  #pc = null;
  /** slot -> RTCRtpTransceiver of the present PeerConnection, by "audio:chair". */
  #lines = new Map();
  #streams = new Map();
  #tracks = { mic: null, camera: null };
  #layers = new Set();
  #attempt = 0;
  #timer = 0;
  #watch = 0;
  #arrived = { count: 0, at_ms: 0 };
  #ended = new AbortController();

  /** @param {import("./protocol.js").Session} session */
  constructor(session) {
    super();
    this.#session = session;
    const { signal } = this.#ended;
    const follow = (type, listener) => session.addEventListener(type, listener, { signal });
    follow("hello", ({ detail: { message, fresh } }) => {
      this.#layers = new Set();
      if (fresh || message.you.kind !== "room" || this.state !== "up") this.#startSoon(0);
    });
    follow("message", ({ detail }) => {
      if (detail.type === "media.reset") this.#startSoon(0);
      if (detail.type === "media.want") this.#want(detail.layers);
    });
    follow("state", ({ detail }) => {
      if (detail.state === "over") this.#close("none");
      this.#arrived.at_ms = performance.now();
    });
    const looking = setInterval(() => void this.#look(), LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(looking));
    // Made after the hello, by a page whose pictures were switched on.
    if (session.state === "up") this.#startSoon(0);
  }

  /** No media any more, until another Media is made for the session. */
  end() {
    this.#ended.abort();
    this.#close("none");
  }

  /** The picture of a slot: a stream that lives as long as the page. */
  picture(slot) {
    return this.#stream("video", slot);
  }

  /** The sound of a slot. */
  sound(slot) {
    return this.#stream("audio", slot);
  }

  /** Send this track as "mic" or "camera" from now on; null sends nothing. */
  async send(slot, track) {
    this.#tracks[slot] = track;
    const line = this.#lines.get(`${slot === "mic" ? "audio" : "video"}:${slot}`);
    if (line === undefined) return;
    await line.sender.replaceTrack(track);
    if (slot === "camera") await this.#setLayers();
  }

  /** getStats as `endpoint.report` sends it; {} while there is no connection. */
  async stats() {
    return this.#pc === null ? {} : tally(await this.#pc.getStats());
  }

  /** The whole getStats of a received slot, for tests and the curious; null without one. */
  async statsOf(kind, slot) {
    return (await this.#lines.get(`${kind}:${slot}`)?.receiver.getStats()) ?? null;
  }

  #stream(kind, slot) {
    const key = `${kind}:${slot}`;
    if (!this.#streams.has(key)) this.#streams.set(key, new MediaStream());
    return this.#streams.get(key);
  }

  #startSoon(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#start(), seconds * 1000);
  }

  #startAgain() {
    const least = Math.min(BACKOFF_S[1], BACKOFF_S[0] * 2 ** Math.min(this.#attempt, 8));
    this.#attempt += 1;
    this.#close("lost");
    this.#startSoon(least * (1 + Math.random() / 2));
  }

  async #start() {
    // Without control there is nobody to offer to; hello starts it.
    if (this.#session.state !== "up") return;
    this.#close("connecting");
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
    this.#pc = pc;
    this.#guard(pc);
    for (const line of this.#session.hello.slots) this.#addLine(pc, line);
    try {
      await pc.setLocalDescription();
      const slots = {};
      for (const [key, line] of this.#lines) slots[line.mid] = key.slice(key.indexOf(":") + 1);
      const sdp = await this.#session.offer(pc.localDescription.sdp, slots);
      if (this.#pc !== pc) return;
      await pc.setRemoteDescription({ type: "answer", sdp });
      await this.#setLayers();
    } catch (error) {
      if (this.#pc !== pc) return;
      if (error instanceof Disconnected) this.#close("lost");
      else {
        console.warn(`media: ${error instanceof Refused ? error.code : error.name}: ${error.message}`);
        this.#startAgain();
      }
    }
  }

  /** Without control: media that brings nothing is lost, and up again when it does. */
  async #look() {
    const pc = this.#pc;
    if (this.#session.state !== "lost" || pc?.connectionState !== "connected") return;
    let count = 0;
    for (const row of (await pc.getStats()).values()) {
      if (row.type === "candidate-pair") count += row.packetsReceived + row.responsesReceived;
    }
    if (this.#pc !== pc) return;
    if (count !== this.#arrived.count) this.#arrived = { count, at_ms: performance.now() };
    this.#setState(performance.now() - this.#arrived.at_ms > SILENT_MS ? "lost" : "up");
  }

  #guard(pc) {
    const late = setTimeout(() => this.#pc === pc && this.#startAgain(), CONNECT_S * 1000);
    pc.onconnectionstatechange = () => {
      if (this.#pc !== pc) return;
      clearTimeout(this.#watch);
      switch (pc.connectionState) {
        case "connected":
          clearTimeout(late);
          this.#attempt = 0;
          this.#setState("up");
          break;
        case "disconnected":
          this.#watch = setTimeout(() => this.#pc === pc && this.#startAgain(), DISCONNECTED_S * 1000);
          break;
        case "failed":
        case "closed":
          clearTimeout(late);
          this.#startAgain();
          break;
      }
    };
  }

  #addLine(pc, { slot, kind, direction }) {
    const sends = direction === "send";
    const track = sends ? this.#tracks[slot] : null;
    const options = { direction: sends ? "sendonly" : "recvonly" };
    if (sends && kind === "video") {
      options.sendEncodings = encodings(this.#width()).map((e) => ({ ...e, active: false }));
    }
    const line = pc.addTransceiver(track ?? kind, options);
    const capable = (sends ? RTCRtpSender : RTCRtpReceiver).getCapabilities(kind).codecs;
    line.setCodecPreferences(capable.filter((codec) => codec.mimeType === CODECS[kind]));
    this.#lines.set(`${kind}:${slot}`, line);
    if (sends) return;
    const stream = this.#stream(kind, slot);
    for (const old of stream.getTracks()) stream.removeTrack(old);
    stream.addTrack(line.receiver.track);
  }

  #width() {
    return this.#tracks.camera?.getSettings().width ?? 640;
  }

  #want(layers) {
    this.#layers = new Set(layers);
    void this.#setLayers();
  }

  async #setLayers() {
    const sender = this.#lines.get("video:camera")?.sender;
    if (sender === undefined || this.#pc?.signalingState !== "stable") return;
    const parameters = sender.getParameters();
    const wished = new Map(encodings(this.#width()).map((e) => [e.rid, e]));
    for (const encoding of parameters.encodings) {
      Object.assign(encoding, wished.get(encoding.rid));
      encoding.active = this.#layers.has(encoding.rid);
    }
    await sender.setParameters(parameters);
  }

  #close(state) {
    clearTimeout(this.#watch);
    clearTimeout(this.#timer);
    const pc = this.#pc;
    this.#pc = null;
    this.#lines.clear();
    if (pc !== null) {
      pc.onconnectionstatechange = null;
      pc.close();
    }
    this.#setState(state);
  }

  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state } }));
  }
}
