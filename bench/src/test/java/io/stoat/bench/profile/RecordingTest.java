package io.stoat.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    private static final long PATIENCE_NS = TimeUnit.MINUTES.toNanos(3);
    private static final int ROWS = 10;
    private static final String GARBAGE = "byte[] in " + RecordingTest.class.getName() + ".busy";

    private byte[] garbage = {};

    private long busy(final Path file) throws Exception {
        try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
            recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
            recording.enable("jdk.GarbageCollection");
            recording.start();
            long sum = 0;
            final long deadlineNs = System.nanoTime() + PATIENCE_NS;
            do {
                final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
                while (System.nanoTime() - endNs < 0) {
                    garbage = new byte[10_000];
                    sum += garbage.length;
                }
                System.gc();
                recording.dump(file);
            } while (!isComplete(Recording.read(file, time -> true))
                    && System.nanoTime() - deadlineNs < 0);
            return sum;
        }
    }

    private static boolean isComplete(final Recording recording) {
        return recording.frames().total() > 0
                && recording.allocations().top(ROWS).stream()
                        .anyMatch(row -> row.getKey().equals(GARBAGE))
                && recording.pauses() > 0;
    }

    @Test
    void shouldSayWhereTimeAndAllocationWent(@TempDir final Path dir) throws Exception {
        final Path file = dir.resolve("r.jfr");
        assertTrue(busy(file) > 0);
        final Recording recording = Recording.read(file, time -> true);
        final StringWriter text = new StringWriter();
        RecordingText.print("load", recording, 10, new PrintWriter(text));
        assertTrue(isComplete(recording), text.toString());
        assertTrue(text.toString().contains(GARBAGE), text.toString());
        assertTrue(text.toString().contains("collections"), text.toString());
        assertEquals(
                0,
                Recording.read(file, time -> false).frames().total(),
                "what is not measured is left out");
    }
}
