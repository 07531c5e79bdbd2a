package io.stoat.ops.tune;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one run of the load, or the median of several, has measured.
 *
 * @param requestsPerSecond gets and puts over IPC with many in flight.
 * @param ipcP50Ns median round trip of a get over IPC, one at a time, ns.
 * @param ipcP99Ns its 99th percentile, ns.
 * @param udpP50Ns median round trip of a get over UDP, ns.
 * @param udpP99Ns its 99th percentile, ns.
 * @param putP50Ns median round trip of a put over IPC, ns.
 * @param putP99Ns its 99th percentile, ns.
 */
record LoadFigures(
        double requestsPerSecond,
        double ipcP50Ns,
        double ipcP99Ns,
        double udpP50Ns,
        double udpP99Ns,
        double putP50Ns,
        double putP99Ns) {
    /** Of each figure the median; of an even number the lower one. */
    static LoadFigures median(final List<LoadFigures> runs) {
        return new LoadFigures(
                median(runs, LoadFigures::requestsPerSecond),
                median(runs, LoadFigures::ipcP50Ns),
                median(runs, LoadFigures::ipcP99Ns),
                median(runs, LoadFigures::udpP50Ns),
                median(runs, LoadFigures::udpP99Ns),
                median(runs, LoadFigures::putP50Ns),
                median(runs, LoadFigures::putP99Ns));
    }

    private static double median(
            final List<LoadFigures> runs, final ToDoubleFunction<LoadFigures> figure) {
        final double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    /** Of clients that ran at the same time: their requests together, the slowest latencies. */
    LoadFigures with(final LoadFigures other) {
        return new LoadFigures(
                requestsPerSecond + other.requestsPerSecond,
                Math.max(ipcP50Ns, other.ipcP50Ns),
                Math.max(ipcP99Ns, other.ipcP99Ns),
                Math.max(udpP50Ns, other.udpP50Ns),
                Math.max(udpP99Ns, other.udpP99Ns),
                Math.max(putP50Ns, other.putP50Ns),
                Math.max(putP99Ns, other.putP99Ns));
    }

    Map<String, Object> asMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("requestsPerSecond", requestsPerSecond);
        map.put("ipcP50Ns", ipcP50Ns);
        map.put("ipcP99Ns", ipcP99Ns);
        map.put("udpP50Ns", udpP50Ns);
        map.put("udpP99Ns", udpP99Ns);
        map.put("putP50Ns", putP50Ns);
        map.put("putP99Ns", putP99Ns);
        return map;
    }

    String toJson() throws IOException {
        return JSON.std.asString(asMap());
    }

    static LoadFigures parse(final String json) throws IOException {
        final Map<String, Object> map = JSON.std.mapFrom(json);
        return new LoadFigures(
                number(map, "requestsPerSecond"),
                number(map, "ipcP50Ns"),
                number(map, "ipcP99Ns"),
                number(map, "udpP50Ns"),
                number(map, "udpP99Ns"),
                number(map, "putP50Ns"),
                number(map, "putP99Ns"));
    }

    private static double number(final Map<String, Object> map, final String name) {
        return ((Number) map.get(name)).doubleValue();
    }
}
