/**
 * Lines: what an m-line offers, which codecs and, for the camera, which sizes. Pure.
 *
 * A camera is sent in up to three sizes: q for thumbnails, h for a line that does not carry more, f
 * for the stage. How many a picture is worth is Chromium's to say, by its area (tried with 156): of
 * three sizes of a 640x360 picture it sends two and never the largest. So a small picture is offered
 * in two, and a very small one as it is, without a name.
 *
 * Two temporal layers each, of which the service can drop one before it drops a size. By itself
 * Chromium takes three of VP8, with a base of 4 frames a second here. The same mode for all sizes:
 * else it runs an encoder for each.
 *
 * Receivers take VP8 and H.264 (constrained baseline, packetization-mode 1), each with RTX. Not more
 * than that: with everything Chromium has the desk's offer is 344 KB, so it is 110 (measured).
 * Senders offer VP8 alone; `?codec=h264` puts H.264 before it, for a machine that encodes it in
 * hardware.
 */

const MODE = "L1T2";
const CONTENT_BPS = 2_500_000;
/** Pixels from which Chromium sends three sizes, and two. */
const THREE_SIZES = 960 * 540;
const TWO_SIZES = 480 * 270;

/** Encodings of a camera's picture, smallest first, as `sendEncodings` takes them. */
export function encodings({ width, height }) {
  const area = width * height;
  const large = area >= THREE_SIZES;
  const q = { rid: "q", scale: width / 320, maxBitrate: 120_000 };
  const h = { rid: "h", scale: width / 640, maxBitrate: 450_000 };
  const f = { rid: "f", scale: width / 1280, maxBitrate: large ? 1_500_000 : 700_000 };
  // One encoding has no name: one name alone would be no simulcast (RFC 8853).
  const only = { scale: 1, maxBitrate: 300_000 };
  const sizes = large ? [q, h, f] : area >= TWO_SIZES ? [q, f] : [only];
  return sizes.map(({ scale, ...size }) => ({
    ...size,
    scaleResolutionDownBy: Math.max(1, scale),
    scalabilityMode: MODE,
  }));
}

/** The one encoding of slides and films: text is read, so it is never made smaller. */
export function contentEncodings() {
  return [{ maxBitrate: CONTENT_BPS }];
}

const OPUS = ({ mimeType }) => mimeType === "audio/opus";
const VP8 = ({ mimeType }) => mimeType === "video/VP8";
const RTX = ({ mimeType }) => mimeType === "video/rtx";
const H264 = ({ mimeType, sdpFmtpLine = "" }) =>
  mimeType === "video/H264" &&
  sdpFmtpLine.includes("packetization-mode=1") &&
  sdpFmtpLine.includes("profile-level-id=42e0");

/**
 * The codecs of a line out of those the browser is *capable* of, best first.
 * @param {string} search of the page's address
 */
export function codecs(capable, { kind, sends, search = location.search }) {
  let wished = [OPUS];
  if (kind === "video") {
    const h264First = new URLSearchParams(search).get("codec") === "h264";
    wished = !sends ? [VP8, H264, RTX] : h264First ? [H264, VP8, RTX] : [VP8, RTX];
  }
  return wished.flatMap((is) => capable.filter(is));
}
