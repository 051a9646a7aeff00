/**
 * Chime: two soft notes made by the page itself, so that a room looks up when it is invited.
 *
 * A browser that was never touched stays silent; then the picture alone invites.
 */

const NOTES_HZ = [659.26, 880];
const NOTE_S = 0.28;
const LOUDNESS = 0.2;

let context = null;

export async function chime() {
  context ??= new AudioContext();
  // Without a gesture resume() waits for one: a chime of minutes ago helps nobody.
  if (context.state !== "running") {
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
    if (context.state !== "running") return;
  }
  NOTES_HZ.forEach((frequency, place) => {
    const begin = context.currentTime + place * NOTE_S;
    const tone = new OscillatorNode(context, { frequency });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setTargetAtTime(LOUDNESS, begin, 0.01);
    loudness.gain.setTargetAtTime(0, begin + NOTE_S / 2, 0.1);
    tone.connect(loudness).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + NOTE_S * 4);
  });
}
