/**
 * Media: the one PeerConnection of a session.
 *
 * Its m-lines are `hello.ok.slots`, in that order, fixed for the session; a floor change moves no
 * m-line, `stage` only says who stands in a slot now. It is made anew when the service says
 * `media.reset`, when it is another service (new boot), when DTLS fails, and for a console at each
 * connection, whose media ends with its WebSocket. When only its way is lost, ICE begins anew on the
 * same PeerConnection first (RFC 8445 section 9): keys, streams and decoders stay; a new one comes
 * when that is refused or finds nothing.
 *
 * The MediaStream of a slot lives as long as the page: put it into an element once, and a new
 * PeerConnection changes the track inside it.
 *
 * Events: `state` detail {state}: "none" | "connecting" | "up" | "lost".
 */

import { codecs, contentEncodings, encodings } from "./media-lines.js";
import { Disconnected, Refused } from "./protocol.js";
import { Stats } from "./stats.js";

const BACKOFF_S = [0.3, 4];
const CONNECT_S = 10;
/** While control is lost nobody says that media is too: then the page looks for itself. */
const LOOK_MS = 1000;
const SILENT_MS = 4000;
/** Chromium takes 5 s to say "disconnected", and may find the way again by itself. */
const DISCONNECTED_S = 1;
/** A round trip for the offer, one for a check; a line that takes longer is not there. */
const RESTART_S = 4;
/** A device that waits lets its media go when the other one's has surely begun. */
const HAND_OVER_S = 3;
/**
 * A sender that has sent nothing keeps Chromium from sending REMB, as long as it lives: it is chosen to
 * carry them and says nothing before its first report, which needs a frame (tried with 156). So the
 * smallest size is sent for a moment, wanted or not, and the service knows what the line carries.
 */
const WARM_S = 2;

/** Of a PeerConnection; which way it takes ICE decides, and a relay is its last choice. */
function configuration({ ice_servers: iceServers }) {
  return { bundlePolicy: "max-bundle", iceServers };
}

export class Media extends EventTarget {
  state = "none";
  #session;
  #pc = null;
  #stats = new Stats();
  /** slot -> RTCRtpTransceiver of the present PeerConnection, by "audio:chair". */
  #lines = new Map();
  #streams = new Map();
  /** What is sent, by slot. */
  #tracks = { mic: null, camera: null };
  #layers = new Set();
  /** How many sizes of the camera the present connection offered. */
  #sizes = 0;
  /** The smallest size is sent, wanted or not: null not yet, true now, false it was. */
  #warms = null;
  #attempt = 0;
  #timer = 0;
  #watch = 0;
  /** Runs while ICE begins anew; 0: it does not. */
  #restarting = 0;
  /** Parameters of a sender are changed one change after the other. */
  #changing = Promise.resolve();
  #arrived = { count: 0, at_ms: 0 };
  /** Another device of the site is the active one: this one has no media. */
  #waits = false;
  #ended = new AbortController();

  /** @param {import("./protocol.js").Session} session */
  constructor(session) {
    super();
    this.#session = session;
    const { signal } = this.#ended;
    const follow = (type, listener) => session.addEventListener(type, listener, { signal });
    follow("hello", ({ detail: { message, fresh } }) => {
      this.#layers = new Set();
      this.#waits = false;
      if (fresh || message.you.kind !== "room" || this.state !== "up") this.#startSoon(0);
    });
    follow("message", ({ detail }) => {
      if (detail.type === "device") this.#onDevice(detail.role);
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

  /** Send this track in a slot that sends from now on; null sends nothing. */
  async send(slot, track) {
    if (this.#tracks[slot] === track) return;
    this.#tracks[slot] = track;
    const line = this.#lines.get(`audio:${slot}`) ?? this.#lines.get(`video:${slot}`);
    if (line === undefined) return;
    await line.sender.replaceTrack(track);
    if (slot !== "camera" || track === null) return;
    // The sizes of a line are fixed by its offer: for another kind of picture it is made anew.
    if (encodings(this.#picture()).length === this.#sizes) {
      await this.#setLayers();
      this.#warm();
    } else this.#startSoon(0);
  }

  /** getStats as `endpoint.report` sends it; {} while there is no connection. */
  async stats() {
    return this.#pc === null ? {} : this.#stats.look(await this.#pc.getStats());
  }

  /** Whose frames came in a slot of late: [{source, rtpTimestamp}], one for each site. */
  contributors(slot) {
    return this.#lines.get(`video:${slot}`)?.receiver.getContributingSources() ?? [];
  }

  #stream(kind, slot) {
    const key = `${kind}:${slot}`;
    if (!this.#streams.has(key)) this.#streams.set(key, new MediaStream());
    return this.#streams.get(key);
  }

  /** What goes on here goes on until the other device has its own. */
  #onDevice(role) {
    this.#waits = role === "standby";
    if (!this.#waits) return;
    if (this.state !== "up") this.#close("none");
    else setTimeout(() => this.#waits && this.#close("none"), HAND_OVER_S * 1000);
  }

  #startSoon(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#start(), seconds * 1000);
  }

  #startAgain() {
    const least = Math.min(BACKOFF_S[1], BACKOFF_S[0] * 2 ** Math.min(this.#attempt, 8));
    this.#attempt += 1;
    this.#close(this.#waits ? "none" : "lost");
    this.#startSoon(least * (1 + Math.random() / 2));
  }

  async #start() {
    // Without control there is nobody to offer to; hello starts it.
    if (this.#session.state !== "up" || this.#waits) return;
    this.#close("connecting");
    const pc = new RTCPeerConnection(configuration(this.#session.hello));
    this.#pc = pc;
    this.#stats = new Stats();
    this.#guard(pc);
    for (const line of this.#session.hello.slots) this.#addLine(pc, line);
    await this.#offer(pc, {});
  }

  /** Begin ICE anew on the connection that is there; without control it can only wait. */
  async #restart(pc) {
    const possible = this.#session.state === "up";
    this.#setState(possible ? "connecting" : "lost");
    if (!possible || this.#restarting !== 0) return;
    this.#restarting = setTimeout(() => this.#startAgain(), RESTART_S * 1000);
    // What a TURN server is shown is good for a day: the newest hello has the newest.
    pc.setConfiguration(configuration(this.#session.hello));
    pc.restartIce();
    await this.#offer(pc, { restart: true });
    // A way that came back by itself meanwhile is told no more.
    if (this.#pc === pc && pc.connectionState === "connected") this.#arrive();
  }

  /** Offer *pc* as it is now; what is refused is made anew after a while. */
  async #offer(pc, options) {
    try {
      await pc.setLocalDescription();
      const slots = {};
      for (const [key, line] of this.#lines) slots[line.mid] = key.slice(key.indexOf(":") + 1);
      const sdp = await this.#session.offer(pc.localDescription.sdp, slots, options);
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
          this.#arrive();
          break;
        case "disconnected":
          this.#watch = setTimeout(() => this.#pc === pc && this.#restart(pc), DISCONNECTED_S * 1000);
          break;
        case "failed":
        case "closed":
          clearTimeout(late);
          // Without keys there is nothing to go on with, nor after one try.
          if (pc.iceConnectionState === "failed" && this.state === "up") void this.#restart(pc);
          else this.#startAgain();
          break;
      }
    };
  }

  #addLine(pc, { slot, kind, direction }) {
    const sends = direction === "send";
    const track = (sends && this.#tracks[slot]) || null;
    const options = { direction: sends ? "sendonly" : "recvonly" };
    if (sends && kind === "video") {
      options.sendEncodings = slot === "camera" ? this.#silentSizes() : contentEncodings();
    }
    const line = pc.addTransceiver(track ?? kind, options);
    const capable = (sends ? RTCRtpSender : RTCRtpReceiver).getCapabilities(kind).codecs;
    line.setCodecPreferences(codecs(capable, { kind, sends }));
    this.#lines.set(`${kind}:${slot}`, line);
    if (sends) return;
    const stream = this.#stream(kind, slot);
    for (const old of stream.getTracks()) stream.removeTrack(old);
    stream.addTrack(line.receiver.track);
  }

  /** Once in a connection, when there is a camera and a way. */
  #warm() {
    const pc = this.#pc;
    if (this.#warms !== null || this.#tracks.camera === null) return;
    if (pc?.connectionState !== "connected") return;
    this.#warms = true;
    void this.#setLayers();
    setTimeout(() => {
      if (this.#pc !== pc) return;
      this.#warms = false;
      void this.#setLayers();
    }, WARM_S * 1000);
  }

  #silentSizes() {
    const sizes = encodings(this.#picture()).map((size) => ({ ...size, active: false }));
    this.#sizes = sizes.length;
    return sizes;
  }

  /** The camera's size; without one that of most. */
  #picture() {
    const { width = 1280, height = 720 } = this.#tracks.camera?.getSettings() ?? {};
    return { width, height };
  }

  #want(layers) {
    this.#layers = new Set(layers);
    void this.#setLayers();
  }

  /**
   * Send the wanted layers and no others. One change after the other: of two that overlap Chromium
   * refuses the second, and the layers would stay as they were.
   */
  #setLayers() {
    this.#changing = this.#changing.then(async () => {
      const sender = this.#lines.get("video:camera")?.sender;
      if (sender === undefined || this.#pc?.signalingState !== "stable") return;
      const parameters = sender.getParameters();
      const wished = new Map(encodings(this.#picture()).map((e) => [e.rid, e]));
      for (const encoding of parameters.encodings) {
        const { rid } = encoding;
        Object.assign(encoding, wished.get(rid));
        // What has no name serves as every size.
        const wanted = rid === undefined ? this.#layers.size > 0 : this.#layers.has(rid);
        encoding.active = wanted || (this.#warms === true && encoding === parameters.encodings[0]);
      }
      // A connection that is closed meanwhile has no layers to set.
      await sender.setParameters(parameters).catch((error) => console.warn(`layers: ${error}`));
    });
    return this.#changing;
  }

  #arrive() {
    this.#endRestart();
    this.#attempt = 0;
    this.#setState("up");
    this.#warm();
  }

  #endRestart() {
    clearTimeout(this.#restarting);
    this.#restarting = 0;
  }

  #close(state) {
    clearTimeout(this.#watch);
    clearTimeout(this.#timer);
    this.#endRestart();
    const pc = this.#pc;
    this.#pc = null;
    this.#warms = null;
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
