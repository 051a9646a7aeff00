/**
 * Stats: getStats of a PeerConnection, as the flat object of `endpoint.report`.
 *
 * Counters are sums over all received lines since the connection began.  What is patched of the sound
 * is a share of what was played since the last look: a counter from the beginning would remember one
 * bad minute for hours.  Only what is heard as a patch counts: in a slot without anybody the browser
 * plays silence and counts that as concealed too.  What the browser does not tell is left out rather
 * than told as zero.
 */

export class Stats {
  /** Samples of sound at the last look: played, and patched. */
  #played = 0;
  #patched = 0;

  /**
   * What is so now.
   * @param {RTCStatsReport} report
   * @returns {Record<string, number>}
   */
  look(report) {
    const { played = 0, patched = 0, delay_s, emitted, ...told } = tally(report);
    const [since, bad] = [played - this.#played, patched - this.#patched];
    this.#played = played;
    this.#patched = patched;
    // A line that is made anew begins to count anew: nothing is known until the next look.
    if (since > 0 && bad >= 0) told.concealed_ratio = Math.min(1, bad / since);
    if (emitted > 0) told.jitter_buffer_s = delay_s / emitted;
    return told;
  }
}

/**
 * The candidate pair that carries media now. ICE that began anew leaves the former one nominated too; a
 * browser that does not say which it took is believed to have taken the newest.
 */
function wayOf(report) {
  const rows = [...report.values()];
  const { selectedCandidatePairId } = rows.find(({ type }) => type === "transport") ?? {};
  const isWay = ({ type, nominated }) => type === "candidate-pair" && nominated;
  return report.get(selectedCandidatePairId) ?? rows.findLast(isWay);
}

/** Whether a pair goes through a TURN server, as a number; undefined: the browser does not tell. */
function relayed(report, { localCandidateId }) {
  const own = report.get(localCandidateId);
  return own && Number(own.candidateType === "relay");
}

function tally(report) {
  const sum = {};
  const add = (name, value) => {
    if (typeof value === "number") sum[name] = (sum[name] ?? 0) + value;
  };
  for (const row of report.values()) {
    if (row.type === "inbound-rtp" && row.kind === "video") {
      add("frames_decoded", row.framesDecoded);
      add("frames_dropped", row.framesDropped);
      add("freeze_count", row.freezeCount);
      add("freeze_s", row.totalFreezesDuration);
    } else if (row.type === "inbound-rtp" && row.kind === "audio") {
      const silent = row.silentConcealedSamples ?? 0;
      add("patched", row.concealedSamples - silent);
      add("played", row.totalSamplesReceived - silent);
      add("delay_s", row.jitterBufferDelay);
      add("emitted", row.jitterBufferEmittedCount);
    } else if (row.type === "outbound-rtp" && row.kind === "video") {
      add("quality_limited_cpu_s", row.qualityLimitationDurations?.cpu);
      add("quality_limited_bandwidth_s", row.qualityLimitationDurations?.bandwidth);
    }
  }
  const way = wayOf(report);
  if (way !== undefined) {
    add("available_outgoing_bps", way.availableOutgoingBitrate);
    add("rtt_s", way.currentRoundTripTime);
    add("relayed", relayed(report, way));
  }
  return sum;
}
