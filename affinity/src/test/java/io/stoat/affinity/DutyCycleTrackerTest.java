package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;

class DutyCycleTrackerTest {
    private long nowNs = Long.MAX_VALUE - 10;

    private DutyCycleTracker started(final long thresholdNs) {
        final DutyCycleTracker tracker = new DutyCycleTracker(() -> nowNs, thresholdNs);
        tracker.start();
        return tracker;
    }

    private void cycle(final DutyCycleTracker tracker, final long lengthNs) {
        nowNs += lengthNs;
        tracker.nextCycle(1);
    }

    @Test
    void shouldKeepTheLongestAndCountTheLongOnes() {
        final DutyCycleTracker tracker = started(100);
        assertEquals("maxCycleNs=0 overThreshold=0 thresholdNs=100", tracker.toString());
        cycle(tracker, 100);
        assertEquals("maxCycleNs=100 overThreshold=0 thresholdNs=100", tracker.toString());
        cycle(tracker, 700);
        cycle(tracker, 101);
        cycle(tracker, 5);
        assertEquals("maxCycleNs=700 overThreshold=2 thresholdNs=100", tracker.toString());
    }

    @Test
    void shouldTellTheTimeOfCyclesThatDidSomething() {
        final DutyCycleTracker tracker = started(100);
        nowNs += 30;
        tracker.nextCycle(0);
        cycle(tracker, 20);
        nowNs += 50;
        tracker.nextCycle(0);
        assertEquals(20, tracker.busyNs());
        assertEquals(100, tracker.elapsedNs());
    }

    @Test
    void shouldForgetAMaximumAfterAWhileAmongTheRecentOnes() {
        final DutyCycleTracker tracker = started(100);
        final long longNs = TimeUnit.SECONDS.toNanos(1);
        final long shortNs = longNs / 10;
        cycle(tracker, longNs);
        for (long ns = 0; ns <= DutyCycleTracker.RECENT_NS; ns += shortNs) {
            cycle(tracker, shortNs);
            assertEquals(longNs, tracker.recentMaxCycleNs());
        }
        for (long ns = 0; ns <= DutyCycleTracker.RECENT_NS; ns += shortNs) {
            cycle(tracker, shortNs);
        }
        assertEquals(shortNs, tracker.recentMaxCycleNs());
        assertEquals(longNs, tracker.maxCycleNs());
    }

    @Test
    void shouldRefuseANegativeThreshold() {
        assertThrows(IllegalArgumentException.class, () -> started(-1));
    }

    @Test
    void shouldShowAMaximumThatCoversTheCount() throws InterruptedException {
        final long cycles = 300_000;
        // cycle n takes n ns, and every one is over the threshold
        final DutyCycleTracker tracker =
                new DutyCycleTracker(
                        new NanoClock() {
                            private long step;
                            private long now;

                            @Override
                            public long nanoTime() {
                                return now += step++;
                            }
                        },
                        0);
        final Thread agent =
                new Thread(
                        () -> {
                            tracker.start();
                            for (long i = 0; i < cycles; i++) {
                                tracker.nextCycle(1);
                            }
                        });
        agent.setDaemon(true);
        agent.start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        long count = 0;
        while (count < cycles) {
            final long next = tracker.overThreshold();
            final long max = tracker.maxCycleNs();
            assertTrue(next >= count, "the count went back from " + count + " to " + next);
            assertTrue(max >= next, "max " + max + " does not cover count " + next);
            count = next;
            assertFalse(Thread.interrupted(), "interrupted");
            assertTrue(System.nanoTime() < deadlineNs, "count is " + count);
            Thread.onSpinWait();
        }
        agent.join(TimeUnit.SECONDS.toMillis(60));
        assertEquals(cycles, tracker.maxCycleNs());
    }

    @Test
    void shouldMeasureEveryCycleOfAnAgent() throws Exception {
        final List<String> calls = new ArrayList<>();
        final Agent agent =
                new Agent() {
                    @Override
                    public void onStart() {
                        calls.add("start");
                        nowNs += 1_000_000;
                    }

                    @Override
                    public int doWork() {
                        calls.add("work");
                        nowNs += 30;
                        return 7;
                    }

                    @Override
                    public void onClose() {
                        calls.add("close");
                    }

                    @Override
                    public String roleName() {
                        return "read-0";
                    }
                };
        final DutyCycleTracker tracker = new DutyCycleTracker(() -> nowNs, 29);
        final TrackedAgent tracked = new TrackedAgent(agent, tracker);
        assertSame(tracker, tracked.tracker());
        assertEquals("read-0", tracked.roleName());
        tracked.onStart();
        assertEquals(7, tracked.doWork());
        nowNs += 10; // idling
        assertEquals(7, tracked.doWork());
        assertEquals("maxCycleNs=40 overThreshold=1 thresholdNs=29", tracker.toString());
        tracked.doWork();
        tracked.onClose();
        assertEquals("maxCycleNs=40 overThreshold=2 thresholdNs=29", tracker.toString());
        assertEquals(List.of("start", "work", "work", "work", "close"), calls);
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final DutyCycleTracker tracker = new DutyCycleTracker(SystemNanoClock.INSTANCE, 1);
        tracker.start();
        final long self = Thread.currentThread().getId();
        final int cycles = 100_000;
        measure(tracker, cycles);
        threads.getThreadAllocatedBytes(self);
        final long before = threads.getThreadAllocatedBytes(self);
        measure(tracker, cycles);
        final long bytes = threads.getThreadAllocatedBytes(self) - before;
        // measuring itself allocates a little; a cycle would show 16 B or more
        assertTrue(bytes < cycles, bytes + " B for " + cycles + " cycles");
        assertTrue(tracker.maxCycleNs() > 0);
    }

    private static void measure(final DutyCycleTracker tracker, final int cycles) {
        for (int i = 0; i < cycles; i++) {
            tracker.nextCycle(1);
            tracker.overThreshold();
        }
    }
}
