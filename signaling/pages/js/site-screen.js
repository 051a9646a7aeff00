/**
 * Screen: what of this machine is shown as slides or film: a window, a tab, or the whole of it, with its
 * sound where the browser gives it. A person chooses each time; nothing is kept.
 *
 * Event `change`: `picture` and `sound` (tracks or null) are others now; `ended`: the browser's own bar,
 * or the window itself, ended it.
 */

/** Slides are read, not watched: few frames, every pixel. */
const PICTURE = { frameRate: { ideal: 15, max: 30 }, width: { max: 1920 }, height: { max: 1080 } };
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
      stream = await navigator.mediaDevices.getDisplayMedia({ video: PICTURE, audio: SOUND });
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
