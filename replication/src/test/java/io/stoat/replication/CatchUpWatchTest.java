package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.ClusterEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CatchUpWatchTest {
    private final List<Throwable> errors = new ArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();
    private long nowNs;
    private final CatchUpWatch watch =
            new CatchUpWatch(errors::add, ends::incrementAndGet, () -> nowNs);

    private void fail(final int times) {
        for (int i = 0; i < times; i++) {
            watch.onError(new ClusterEvent(CatchUpWatch.FAILURE + " as follower"));
        }
    }

    @Test
    void shouldEndAMemberThatFailsToCatchUpAgainAndAgain() {
        fail(CatchUpWatch.FAILURES - 1);
        assertEquals(0, ends.get());
        fail(1);
        assertEquals(1, ends.get());
        assertEquals(CatchUpWatch.FAILURES + 1, errors.size());
        assertTrue(errors.get(errors.size() - 1).getMessage().contains("launched again"));
    }

    @Test
    void shouldForgiveFailuresThatAreFarApart() {
        for (int i = 0; i < 10; i++) {
            fail(1);
            nowNs += CatchUpWatch.WITHIN_NS / 2 + TimeUnit.SECONDS.toNanos(1);
        }
        assertEquals(0, ends.get());
    }

    @Test
    void shouldPassOnOtherErrorsOnly() {
        for (int i = 0; i < 10; i++) {
            watch.onError(new ClusterEvent("leader heartbeat timeout"));
            watch.onError(new IllegalStateException());
        }
        assertEquals(20, errors.size());
        assertEquals(0, ends.get());
    }

    /** The text is not part of Aeron's API: another version may say it otherwise. */
    @Test
    void shouldKnowWhatThisVersionOfAeronSays() throws IOException {
        try (InputStream election =
                ConsensusModule.class.getResourceAsStream("/io/aeron/cluster/Election.class")) {
            final String constants =
                    new String(election.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(constants.contains(CatchUpWatch.FAILURE));
        }
    }
}
