package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer and two readers, each in its own JVM, on the same keys. {@code
 * -Dstoat.hammer.writes=12000000} makes it long.
 */
class HammerTest {
    private static final long DEFAULT_WRITES = 1_500_000;
    private static final long LIMIT_S = 500;

    @TempDir Path dir;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void shouldNeverReadATornOrWrongValue() {
        final long wanted = Long.getLong("stoat.hammer.writes", DEFAULT_WRITES);
        try (ChildJvm writer =
                ChildJvm.fast(HammerWriter.class, dir.resolve("d"), wanted, LIMIT_S)) {
            writer.await("ready");
            try (ChildJvm one = ChildJvm.fast(HammerReader.class, dir.resolve("d"));
                    ChildJvm two = ChildJvm.fast(HammerReader.class, dir.resolve("d"))) {
                one.await("ready");
                two.await("ready");
                final long writes = Long.parseLong(writer.await("writes"));
                one.send("stop");
                two.send("stop");
                final String[] first = checked(one);
                final String[] second = checked(two);
                final long reads = Long.parseLong(first[0]) + Long.parseLong(second[0]);
                System.out.println("hammer: " + writes + " writes, " + reads + " reads, 0 wrong");
                assertEquals(wanted, writes);
                assertTrue(reads >= 100_000, "reads=" + reads);
                assertTrue(
                        Long.parseLong(first[6]) + Long.parseLong(second[6]) > 0,
                        "no read met a write: the test lost its point");
            }
            writer.send("close");
            assertEquals(0, writer.exitCode());
        }
    }

    /** Words of the reader's last line, without a wrong read among them. */
    private static String[] checked(final ChildJvm reader) {
        final String[] words = reader.await("reads").split(" ");
        assertEquals("0", words[4], "wrong reads of " + String.join(" ", words));
        assertEquals(0, reader.exitCode());
        return words;
    }
}
