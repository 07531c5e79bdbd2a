package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StoppedThreadsTest {
    @Test
    void shouldReadTheStateBehindTheName() {
        assertTrue(StoppedThreads.isStopped("42 (java) T 1 42 42 0"));
        assertTrue(StoppedThreads.isStopped("42 (odd) S (name) T 1 42 42 0"));
        assertFalse(StoppedThreads.isStopped("42 (java) S 1 42 42 0"));
        assertFalse(StoppedThreads.isStopped("42 (odd) T) R 1 42 42 0"));
        assertFalse(StoppedThreads.isStopped(""));
    }

    @Test
    void shouldSeeAProcessThatIsStoppedAndOneThatGoesOn() throws Exception {
        final Process process = new ProcessBuilder("sleep", "300").start();
        try {
            assertFalse(StoppedThreads.areAll(process.pid()));
            signal("STOP", process.pid());
            assertTrue(Scene.isWithin(60_000, () -> StoppedThreads.areAll(process.pid())));
            signal("CONT", process.pid());
            assertTrue(Scene.isWithin(60_000, () -> !StoppedThreads.areAll(process.pid())));
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        }
        assertFalse(StoppedThreads.areAll(process.pid()));
    }

    private static void signal(final String name, final long pid)
            throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
}
