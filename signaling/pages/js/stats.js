/**
 * Stats: getStats of a PeerConnection, as the flat object of `endpoint.report`.
 *
 * Sums over all received lines since the connection began; what the browser does not tell is left
 * out rather than told as zero.
 */

/**
 * @param {RTCStatsReport} report
 * @returns {Record<string, number>}
 */
export function tally(report) {
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
      add("concealed", row.concealedSamples);
      add("samples", row.totalSamplesReceived);
      add("delay_s", row.jitterBufferDelay);
      add("emitted", row.jitterBufferEmittedCount);
    } else if (row.type === "outbound-rtp" && row.kind === "video") {
      add("quality_limited_cpu_s", row.qualityLimitationDurations?.cpu);
      add("quality_limited_bandwidth_s", row.qualityLimitationDurations?.bandwidth);
    } else if (row.type === "candidate-pair" && row.nominated) {
      add("available_outgoing_bps", row.availableOutgoingBitrate);
      add("rtt_s", row.currentRoundTripTime);
    }
  }
  const { concealed, samples, delay_s, emitted, ...told } = sum;
  if (samples > 0) told.concealed_ratio = concealed / samples;
  if (emitted > 0) told.jitter_buffer_s = delay_s / emitted;
  return told;
}
