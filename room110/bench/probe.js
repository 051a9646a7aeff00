/**
 * Probe: what a page really decodes and plays, for tests and benches.
 *
 * Put into every page before its own scripts. It changes nothing: it remembers the page's
 * PeerConnections, and looks at the page's own <video> and <audio> elements.
 */
(() => {
  const connections = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  };

  const violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });

  let clicked_ms = null;
  addEventListener(
    "click",
    ({ timeStamp }) => (clicked_ms = performance.timeOrigin + timeStamp),
    { capture: true },
  );

  /** Main-thread blocks of 50 ms and more. */
  const longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
  }).observe({ type: "longtask", buffered: true });

  /** The <video> of a slot, or the one a selector names. */
  const picture = (slot) =>
    document.querySelector(slot.includes("[") ? slot : `[data-slot="${slot}"] video`);

  /** Rows of getStats for the track an element plays. */
  async function rowsOf(element) {
    const [track] = element?.srcObject?.getTracks() ?? [];
    for (const connection of connections) {
      for (const receiver of connection.signalingState === "closed" ? [] : connection.getReceivers()) {
        if (track !== undefined && receiver.track === track) {
          return [...(await receiver.getStats()).values()];
        }
      }
    }
    return [];
  }

  // One for all looks: a canvas keeps the last frame it was given, and is not collected for long.
  // One for each look kept 1.4 MB of shared memory (measured: 380 MB in ten minutes).
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { willReadFrequently: true });

  /** Colour of the left edge of what a <video> shows: of a card, the site's own. */
  function edge(video) {
    const { videoWidth: width, videoHeight: height } = video;
    paint.drawImage(video, 0, 0, width / 32, height * 0.88, 0, 0, 1, 1);
    const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  }

  // One mixer for the page, as a person in the room hears it.
  let context = null;
  let analyser = null;
  const sources = new Map(); // <audio> -> {track, source}

  function listen() {
    context ??= new AudioContext({ sampleRate: 48_000 });
    analyser ??= new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
    const players = new Set(document.querySelectorAll("audio"));
    for (const [player, { track, source }] of sources) {
      const [now] = player.srcObject?.getTracks() ?? [];
      if (players.has(player) && now === track && plays(player)) continue;
      source.disconnect();
      sources.delete(player);
    }
    for (const player of players) {
      const [track] = player.srcObject?.getTracks() ?? [];
      if (track === undefined || !plays(player) || sources.has(player)) continue;
      const source = context.createMediaStreamSource(new MediaStream([track]));
      source.connect(analyser);
      sources.set(player, { track, source });
    }
  }

  function plays(player) {
    return !player.paused && !player.muted && player.volume > 0;
  }

  let unfollow = () => {};
  const names = [];

  globalThis.room110Probe = {
    /** Frames decoded for a slot since its PeerConnection began; -1 without one. */
    async frames(slot) {
      const row = (await rowsOf(picture(slot))).find(({ type }) => type === "inbound-rtp");
      return row?.framesDecoded ?? -1;
    },

    /** What a slot shows at this moment, as a PNG data URL; null before its first frame. */
    picture(slot, width = 160, height = 90) {
      const video = picture(slot);
      if (video === null || video.videoWidth === 0) return null;
      Object.assign(canvas, { width, height });
      paint.drawImage(video, 0, 0, width, height);
      return canvas.toDataURL("image/png");
    },

    /**
     * Which of *tones_hz* the page plays now, with their level in dB of full scale: those above
     * *floor_db*. The window is a third of a second: what just ended may still be in it.
     */
    tones(tones_hz, floor_db = -50) {
      listen();
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const perBin = context.sampleRate / analyser.fftSize;
      const level = (hz) => {
        const middle = Math.round(hz / perBin);
        return Math.max(bins[middle - 1], bins[middle], bins[middle + 1]);
      };
      return tones_hz.map((hz) => [hz, level(hz)]).filter(([, db]) => db > floor_db);
    },

    /** The page can hear at all: its audio clock runs and somebody is plugged in. */
    hearing() {
      listen();
      return context.state === "running" && sources.size > 0;
    },

    /** CSP violations since the page began. */
    violations() {
      return violations;
    },

    /** The PeerConnection with this place in `connections`. */
    connection(place) {
      return connections[place];
    },

    /** The newest offer of each of the page's PeerConnections that is not closed. */
    offers() {
      const open = connections.filter(({ signalingState }) => signalingState !== "closed");
      return open.map(({ localDescription }) => localDescription?.sdp ?? "");
    },

    /** States of the page's PeerConnections, oldest first. */
    connections() {
      return connections.map(({ connectionState }) => connectionState);
    },

    /** Milliseconds in long tasks since *since_ms* of this page's clock, and the longest. */
    longTasks(since_ms) {
      const since = longTasks.filter(({ startTime }) => startTime >= since_ms);
      return {
        count: since.length,
        total_ms: since.reduce((sum, { duration }) => sum + duration, 0),
        longest_ms: Math.max(0, ...since.map(({ duration }) => duration)),
      };
    },

    now() {
      return performance.now();
    },

    /** From now until `named`, note at each frame that is presented who is named in its slot. */
    follow(slot) {
      const video = picture(slot);
      const shown = video.parentElement;
      const look = () => {
        if (shown.dataset.state === "live") names.push([shown.dataset.site, ...edge(video)]);
        watch();
      };
      // The page asked first, so it has been told of a frame before this looks.
      const watch = () => {
        const asked = video.requestVideoFrameCallback(look);
        unfollow = () => video.cancelVideoFrameCallback(asked);
      };
      watch();
    },

    /** Who was named, and the colour of the picture's left edge: [[site, red, green, blue], ...]. */
    named() {
      unfollow();
      return names.splice(0);
    },

    /**
     * Wall-clock ms at which a slot first showed a frame of this colour: one whose left edge is within
     * 24 of it in every channel, as bridge/endpoint/picture.py judges. Looks at every frame that is
     * presented.
     */
    shown(slot, colour, timeout_ms) {
      const video = picture(slot);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          video.cancelVideoFrameCallback(looking);
          reject(new Error(`nothing of it in ${slot}`));
        }, timeout_ms);
        const look = (_now, frame) => {
          const [red, green, blue] = edge(video);
          const off = Math.max(
            ...[red - colour[0], green - colour[1], blue - colour[2]].map(Math.abs),
          );
          if (off > 24) looking = video.requestVideoFrameCallback(look);
          else {
            clearTimeout(late);
            resolve(performance.timeOrigin + frame.presentationTime);
          }
        };
        let looking = video.requestVideoFrameCallback(look);
      });
    },

    /** Wall-clock ms of the newest click; null before the first. */
    clicked() {
      return clicked_ms;
    },
  };
})();
