package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.BenchFailure;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class TalkingProcessTest {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(120);
    private static final long SHORT_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static TalkingProcess start(final String script, final long answerTimeoutNs) {
        return new TalkingProcess("the child", List.of("sh", "-c", script), answerTimeoutNs);
    }

    @Test
    void shouldNameAChildThatSaysNothingAndEndIt() {
        final TalkingProcess child = start("exec cat", SHORT_NS);
        try (child) {
            final String message =
                    assertThrows(BenchFailure.class, () -> child.await("ready")).getMessage();
            assertEquals("the child did not say 'ready' in 20 ms; it said nothing", message);
            assertTrue(child.isAlive());
        }
        assertFalse(child.isAlive());
    }

    @Test
    void shouldTellWhatAChildSaidLastThatDoesNotAnswer() {
        try (TalkingProcess child = start("exec cat", LONG_NS)) {
            child.tell("loading takes its time");
            assertEquals("takes its time", child.await("loading"));
            final BenchFailure failure =
                    assertThrows(BenchFailure.class, () -> child.await("loaded", SHORT_NS));
            assertTrue(
                    failure.getMessage().endsWith("it said:\nloading takes its time"),
                    failure.getMessage());
        }
    }

    @Test
    void shouldTakeWholeWordsAndPassOverOtherLines() {
        try (TalkingProcess child = start("echo ready-made; echo ready", LONG_NS)) {
            assertEquals("", child.await("ready"));
            child.end();
        }
    }

    @Test
    void shouldTellOfAChildThatEndsInsteadOfAnswering() {
        try (TalkingProcess child = start("echo no room; exit 3", LONG_NS)) {
            final BenchFailure failure =
                    assertThrows(BenchFailure.class, () -> child.await("ready"));
            assertEquals(
                    "the child ended with 3 and did not say 'ready'; it said:\nno room",
                    failure.getMessage());
            assertEquals(
                    "the child ended with 3; it said:\nno room",
                    assertThrows(BenchFailure.class, child::end).getMessage());
        }
    }

    @Test
    void shouldKeepTheLastWhenMuchIsSaid() {
        try (TalkingProcess child =
                start("i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo line $i; done", LONG_NS)) {
            final String message =
                    assertThrows(BenchFailure.class, () -> child.await("ready")).getMessage();
            assertTrue(message.endsWith("line 4999\nline 5000"), message);
            assertFalse(message.contains("line 1\n"), message);
        }
    }

    @Test
    void shouldKillAChildThatDoesNotLookAtItsInput() {
        final TalkingProcess child = start("exec sleep 1000", LONG_NS);
        child.kill();
        assertFalse(child.isAlive());
        assertThrows(BenchFailure.class, () -> child.await("ready"));
    }
}
