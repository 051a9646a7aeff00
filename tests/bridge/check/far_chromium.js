/** A room as Chromium makes it, without our pages: all its slots, camera in three sizes, microphone. */
async ({ slots, encodings, echoes }) => {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  window.room = { pc };
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: raw,
    video: { width: 1280, height: 720 },
  });
  const context = new AudioContext();
  const mixed = context.createMediaStreamDestination();
  for (const { name, kind, direction } of slots) {
    const sends = direction === "send";
    const options = { direction: sends ? "sendonly" : "recvonly" };
    if (name === "camera") options.sendEncodings = encodings;
    const line = pc.addTransceiver(kind, options);
    if (name === "camera") await line.sender.replaceTrack(stream.getVideoTracks()[0]);
    if (name === "mic") {
      const track = echoes ? mixed.stream.getAudioTracks()[0] : stream.getAudioTracks()[0];
      await line.sender.replaceTrack(track);
    }
    if (sends) continue;
    const player = document.createElement(kind);
    player.autoplay = true;
    player.srcObject = new MediaStream([line.receiver.track]);
    document.body.append(player);
    if (kind === "audio" && echoes) {
      const gain = new GainNode(context, { gain: 0.25 });
      context.createMediaStreamSource(player.srcObject).connect(gain).connect(mixed);
    }
  }
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
  const mids = pc.getTransceivers().map((line, place) => [line.mid, slots[place].name]);
  return { sdp: pc.localDescription.sdp, mids: Object.fromEntries(mids) };
};
