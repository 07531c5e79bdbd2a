package io.stoat.store;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: owns a store and writes {@link CheckedValue}s: in place, with changing lengths,
 * removing and putting again. Arguments: directory, writes, seconds at most. Prints {@code ready},
 * then {@code waits N} and {@code writes N} at the end or when a line comes in, and closes the
 * store after a line. The waits are how often the writing thread waited, slept, parked or was
 * blocked. To a line {@code gap} it prints {@code gap N}, the longest time between two writes since
 * the gap before, ns, and goes on.
 */
final class HammerWriter {
    static final int KEYS = 512;
    static final int MAX_LENGTH = 264;

    private HammerWriter() {}

    static StoreContext context(final Path dir) {
        return new StoreContext()
                .dataDir(dir)
                .shardCount(2)
                .segmentsPerShard(2)
                .entries(2 * KEYS)
                .maxValueLength(MAX_LENGTH)
                .averageValueLength(MAX_LENGTH / 2);
    }

    public static void main(final String[] args) throws Exception {
        final long writes = Long.parseLong(args[1]);
        try (Store store = Store.open(context(Path.of(args[0])))) {
            final Writer writer = new Writer(store);
            writer.fill();
            System.out.println("ready");
            // a loaded host may take longer than that to come here
            final long deadlineNs =
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
            final long waitsBefore = waits();
            long written = 0;
            boolean told = false;
            while (!told && written < writes && deadlineNs - System.nanoTime() > 0) {
                for (int i = 0; i < 1_000; i++) {
                    writer.writeTimed();
                }
                written += 1_000;
                told = isToldToStop(writer);
            }
            System.out.println("waits " + (waits() - waitsBefore));
            System.out.println("writes " + written);
            if (!told) {
                System.in.read();
            }
        }
    }

    private static long waits() {
        final ThreadInfo self =
                ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().getId());
        return self.getWaitedCount() + self.getBlockedCount();
    }

    /** Answers the line that came in, unless it ends the writing. */
    private static boolean isToldToStop(final Writer writer) throws IOException {
        if (System.in.available() == 0) {
            return false;
        }
        final StringBuilder line = new StringBuilder();
        for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {
            line.append((char) c);
        }
        if (!line.toString().equals("gap")) {
            return true;
        }
        System.out.println("gap " + writer.takeLongestGapNs());
        return false;
    }

    /** The command mix; refuses to go on after a status that it did not expect. */
    static final class Writer {
        private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
        private final UnsafeBuffer value = new UnsafeBuffer(new byte[MAX_LENGTH]);
        private final long[] ticks = new long[KEYS];
        private final Store store;
        private long random = 88_172_645_463_325_252L;
        private long lastWriteNs = System.nanoTime();
        private long longestGapNs;

        Writer(final Store store) {
            this.store = store;
        }

        void fill() {
            for (int id = 0; id < KEYS; id++) {
                put(id);
            }
        }

        void writeTimed() {
            write();
            final long nowNs = System.nanoTime();
            longestGapNs = Math.max(longestGapNs, nowNs - lastWriteNs);
            lastWriteNs = nowNs;
        }

        /** The longest time between two writes since the last call, which does not count itself. */
        long takeLongestGapNs() {
            final long gapNs = longestGapNs;
            longestGapNs = 0;
            lastWriteNs = System.nanoTime();
            return gapNs;
        }

        void write() {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            // most writes hit few keys, so that readers meet them in the middle
            final int id = (int) ((random >>> 8) % ((random & 3) == 0 ? KEYS : 8));
            if ((random >>> 40 & 7) == 0) {
                TestBytes.putKey(key, id);
                expect(store.remove(key, 0, 16), Status.OK);
            }
            put(id);
        }

        private void put(final int id) {
            TestBytes.putKey(key, id);
            final int length = CheckedValue.write(value, id, ++ticks[id], MAX_LENGTH);
            expect(store.put(key, 0, 16, value, 0, length, 0), Status.OK);
        }

        private static void expect(final int status, final int expected) {
            if (status != expected) {
                throw new AssertionError(Status.nameOf(status));
            }
        }
    }
}
