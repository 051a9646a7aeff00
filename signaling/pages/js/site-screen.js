/**
 * Screen: what of this machine is shown as slides or film: a window, a tab, or the whole of it, with its
 * sound where the browser gives it. A person chooses each time; nothing is kept.
 *
 * Event `change`: `picture` and `sound` (tracks or null) are others now; `ended`: the browser's own bar,
 * or the window itself, ended it.
 */

import { pictureSize } from "./site-devices.js";

/** Slides are read, not watched: every pixel, and enough frames for a film. */
const SIZE = [1920, 1080, 15];
/** A film is music and speech as they are. */
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 };

export class Screen extends EventTarget {
  picture = null;
  sound = null;

  get possible() {
    return navigator.mediaDevices?.getDisplayMedia !== undefined;
  }

  /** Ask the person what to show; from a click. @returns {Promise<boolean>} whether something was chosen */
  async open() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({
        video: pictureSize("screen", SIZE),
        audio: SOUND,
      });
    } catch (error) {
      console.warn(`screen: ${error.name}: ${error.message}`);
      return false;
    }
    this.close();
    const [picture] = stream.getVideoTracks();
    picture.contentHint = "detail";
    picture.onended = () => {
      if (this.picture !== picture) return;
      this.close();
      this.dispatchEvent(new CustomEvent("ended"));
    };
    this.picture = picture;
    this.sound = stream.getAudioTracks()[0] ?? null;
    this.dispatchEvent(new CustomEvent("change"));
    return true;
  }

  close() {
    if (this.picture === null) return;
    for (const track of [this.picture, this.sound]) track?.stop();
    this.picture = this.sound = null;
    this.dispatchEvent(new CustomEvent("change"));
  }
}
