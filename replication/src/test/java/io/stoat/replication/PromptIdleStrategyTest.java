package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PromptIdleStrategyTest {
    private static final Path SELF = Path.of("/proc/thread-self");

    @Test
    void shouldAskForPromptSleepOfItsOwnThreadOnly() throws Exception {
        assumeTrue(
                Files.isSymbolicLink(SELF) && Files.exists(Path.of("/proc/self/timerslack_ns")),
                "no /proc/PID/timerslack_ns here");
        final String before = slackNs();
        final AtomicReference<String> seen = new AtomicReference<>();
        final Thread thread =
                new Thread(
                        () -> {
                            final PromptIdleStrategy idle = new PromptIdleStrategy(0, 0, 1_000);
                            idle.idle(1);
                            idle.idle(0);
                            idle.idle();
                            seen.set(slackNs());
                        });
        thread.start();
        thread.join();
        assertEquals("1000", seen.get());
        assertEquals(before, slackNs());
    }

    private static String slackNs() {
        try {
            final Path thread = Files.readSymbolicLink(SELF).getFileName();
            return Files.readString(Path.of("/proc", thread.toString(), "timerslack_ns")).strip();
        } catch (final IOException ex) {
            throw new AssertionError(ex);
        }
    }
}
