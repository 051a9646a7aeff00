/**
 * Seat: makes a page meet the service over a line of the bench's choice, and tells what it gets.
 *
 * A function of one argument, put into a page before its own scripts (`seat.py`). It stands between
 * the page and its PeerConnection:
 *
 * - Of every answer the page takes it keeps only candidates of `transport` ("udp" | "tcp") and of
 *   `address`, if these are given, and writes `port` into them, if it is given: a relay's.
 * - Without `repair` every offer is without NACK and RTX, so that nothing that is lost is asked for
 *   again. (Not the answer: Chromium asks by what it has offered.)
 */
({ transport, address, port, repair }) => {
  const connections = [];
  const prototype = RTCPeerConnection.prototype;
  const offer = prototype.setLocalDescription;
  prototype.setLocalDescription = async function () {
    if (repair) return offer.call(this);
    const { type, sdp } = await this.createOffer();
    return offer.call(this, { type, sdp: bySection(sdp, unrepaired) });
  };
  const take = prototype.setRemoteDescription;
  prototype.setRemoteDescription = function ({ type, sdp }) {
    if (!connections.includes(this)) connections.push(this);
    return take.call(this, { type, sdp: bySection(sdp, candidates) });
  };

  function bySection(sdp, change) {
    return sdp.split(/(?=^m=)/m).map(change).join("");
  }

  function candidates(section) {
    const lines = section.split("\r\n").map((line) => {
      if (!line.startsWith("a=candidate:")) return line;
      const words = line.split(" ");
      if (transport !== null && words[2].toLowerCase() !== transport) return null;
      if (address !== null && words[4] !== address) return null;
      if (port !== null) words[5] = String(port);
      return words.join(" ");
    });
    return lines.filter((line) => line !== null).join("\r\n");
  }

  function unrepaired(section) {
    const numbers = [...section.matchAll(/^a=rtpmap:(\d+) rtx\//gm)].map(([, number]) => number);
    const lines = section.split("\r\n").flatMap((line) => {
      if (line.startsWith("m=")) {
        return [line.split(" ").filter((word, at) => at < 3 || !numbers.includes(word)).join(" ")];
      }
      const [, number] = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line) ?? [];
      const isOfRepair = numbers.includes(number) || /^a=rtcp-fb:\S+ nack$/.test(line);
      return isOfRepair ? [] : [line];
    });
    return lines.join("\r\n");
  }

  const told = new Set(["inbound-rtp", "outbound-rtp", "candidate-pair", "remote-candidate", "codec"]);

  globalThis.room110Seat = {
    /** Rows of getStats of the newest connection; [] before there is one. */
    async rows() {
      const stats = await connections.at(-1)?.getStats();
      return [...(stats?.values() ?? [])].filter(({ type }) => told.has(type));
    },
  };
};
