package io.stoat.bench.cluster;

import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: reads random keys of a member's shared memory. Arguments: data directory, keys,
 * length of the values. For each line with a number of milliseconds it prints {@code read P50 P99
 * P999 RATE}: every read is timed, so the figures hold the cost of a look at the clock.
 */
final class FollowerReader {
    private FollowerReader() {}

    /**
     * Entry point.
     *
     * @param args as the class says.
     * @throws IOException when the parent is gone.
     */
    public static void main(final String[] args) throws IOException {
        final long keys = Long.parseLong(args[1]);
        final int valueLength = Integer.parseInt(args[2]);
        try (StoreReader reader = StoreReader.attach(Path.of(args[0]));
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(MemberProcess.READY);
            for (String line; (line = lines.readLine()) != null; ) {
                read(reader, keys, valueLength, Long.parseLong(line.trim()));
            }
        }
    }

    private static void read(
            final StoreReader reader, final long keys, final int valueLength, final long millis) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[PutMessage.KEY_LENGTH]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[valueLength]);
        final Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        final long beginNs = System.nanoTime();
        long random = beginNs | 1;
        long nowNs = beginNs;
        while (nowNs - beginNs < durationNs) {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            final long id = (random >>> 1) % keys;
            PutMessage.putKey(key, id);
            final long startNs = System.nanoTime();
            final int length = reader.get(key, 0, key.capacity(), value, 0, valueLength);
            nowNs = System.nanoTime();
            histogram.recordValue(nowNs - startNs);
            if (length != valueLength || value.getLong(0) != id) {
                throw new IllegalStateException(
                        "wrong value of " + id + ": " + Status.nameOf(length));
            }
        }
        System.out.println(
                "read "
                        + histogram.getValueAtPercentile(50)
                        + ' '
                        + histogram.getValueAtPercentile(99)
                        + ' '
                        + histogram.getValueAtPercentile(99.9)
                        + ' '
                        + histogram.getTotalCount() * 1e9 / (nowNs - beginNs));
    }
}
