package io.stoat.ops.demo;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The demo's result.
 *
 * @param seconds measured.
 * @param inputRows rows of the CSV file, 0 with the generator.
 * @param writes acknowledged.
 * @param reads checked, all ways.
 * @param torn reads that were answered wrongly: torn, of another key, or older than a read before.
 * @param unanswered reads and writes without an answer; not among those above.
 * @param unansweredBy which processes they were of, and what they ended with; empty when none.
 * @param sharedMemory latencies of reads from shared memory, ns.
 * @param write round trips of writes over IPC, ns.
 * @param ipc round trips of reads over IPC, ns.
 * @param udp round trips of reads over UDP, ns.
 */
record DemoFigures(
        double seconds,
        long inputRows,
        long writes,
        long reads,
        long torn,
        long unanswered,
        String unansweredBy,
        Histogram sharedMemory,
        Histogram write,
        Histogram ipc,
        Histogram udp) {

    Map<String, Object> asMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("seconds", seconds);
        map.put("inputRows", inputRows);
        map.put("writes", writes);
        map.put("writesPerSecond", Math.round(writes / seconds));
        map.put("reads", reads);
        map.put("readsPerSecond", Math.round(reads / seconds));
        map.put("torn", torn);
        map.put("unanswered", unanswered);
        map.put("sharedMemoryReadNs", percentiles(sharedMemory));
        map.put("writeRoundTripNs", percentiles(write));
        map.put("ipcRoundTripNs", percentiles(ipc));
        map.put("udpRoundTripNs", percentiles(udp));
        return map;
    }

    private static Map<String, Object> percentiles(final Histogram histogram) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("p50", histogram.getValueAtPercentile(50));
        map.put("p99", histogram.getValueAtPercentile(99));
        map.put("p999", histogram.getValueAtPercentile(99.9));
        map.put("count", histogram.getTotalCount());
        return map;
    }

    /**
     * For a person.
     *
     * @param out printed to and flushed.
     */
    void print(final PrintWriter out) {
        out.println();
        if (inputRows > 0) {
            out.printf(Locale.ROOT, "input rows      %,d (looped)%n", inputRows);
        }
        out.printf(
                Locale.ROOT,
                "writes          %,d (%,.0f/s), one at a time over IPC%n",
                writes,
                writes / seconds);
        out.printf(Locale.ROOT, "checked reads   %,d (%,.0f/s)%n", reads, reads / seconds);
        out.printf(Locale.ROOT, "torn or wrong   %d%n", torn);
        if (unanswered > 0) {
            out.printf(Locale.ROOT, "unanswered      %d (%s)%n", unanswered, unansweredBy);
        }
        out.println();
        out.printf(
                Locale.ROOT,
                "%-34s %12s %12s %12s%n",
                "latency, microseconds",
                "p50",
                "p99",
                "p99.9");
        row(out, "shared-memory read (with clock)", sharedMemory);
        row(out, "write round trip, IPC", write);
        row(out, "read round trip, IPC", ipc);
        row(out, "read round trip, UDP", udp);
        out.flush();
    }

    private static void row(final PrintWriter out, final String name, final Histogram histogram) {
        out.printf(
                Locale.ROOT,
                "%-34s %,12.3f %,12.3f %,12.3f%n",
                name,
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getValueAtPercentile(99.9) / 1e3);
    }
}
