package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PinnedThreadFactoryTest {
    private static final int ABSENT_CPU = 1023;

    private final AtomicReference<PinningRefusal> refusal = new AtomicReference<>();

    private static PlannedThread plan(final int cpu) {
        return new PlannedThread(List.of(Role.write(0), Role.read(0)), cpu, IdleKind.YIELD);
    }

    /** CPUs of the calling thread as the kernel tells them. */
    private static CpuSet cpusOfThisThread() {
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> CpuSet.parse(line.substring(line.indexOf(':') + 1)))
                    .findFirst()
                    .orElseThrow();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private CpuSet cpusInThreadOf(final PlannedThread plan) throws InterruptedException {
        final AtomicReference<CpuSet> cpus = new AtomicReference<>();
        final Thread thread =
                new PinnedThreadFactory(plan, true, refusal::set)
                        .newThread(() -> cpus.set(cpusOfThisThread()));
        assertTrue(thread.isDaemon());
        assertEquals("read-0+write-0", thread.getName());
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertNotNull(cpus.get(), "the task did not end");
        return cpus.get();
    }

    @Test
    void shouldPinToEveryUsableCpu() throws InterruptedException {
        final CpuSet before = cpusOfThisThread();
        for (final int cpu : Topology.read().usable().stream().toArray()) {
            assertEquals(CpuSet.of(cpu), cpusInThreadOf(plan(cpu)), "cpu " + cpu);
        }
        assertEquals(null, refusal.get());
        assertEquals(before, cpusOfThisThread(), "the starting thread is left where it was");
    }

    @Test
    void shouldReportARefusalAndRunUnpinned() throws InterruptedException {
        assertEquals(cpusOfThisThread(), cpusInThreadOf(plan(ABSENT_CPU)));
        assertEquals("read-0+write-0", refusal.get().thread());
        assertEquals(ABSENT_CPU, refusal.get().cpu());
        final String text = refusal.get().toString();
        assertTrue(text.contains("read-0+write-0 could not be pinned to CPU 1023"), text);
    }

    @Test
    void shouldReportACpuBeyondWhatTheLibraryKnows() throws InterruptedException {
        assertEquals(cpusOfThisThread(), cpusInThreadOf(plan(CpuSet.MAX_CPU)));
        assertEquals(CpuSet.MAX_CPU, refusal.get().cpu());
    }

    @Test
    void shouldRunTheTaskThoughTheReportFails() throws InterruptedException {
        final AtomicReference<CpuSet> cpus = new AtomicReference<>();
        final Thread thread =
                new PinnedThreadFactory(
                                plan(ABSENT_CPU),
                                false,
                                refused -> {
                                    throw new IllegalStateException(refused.toString());
                                })
                        .newThread(() -> cpus.set(cpusOfThisThread()));
        final AtomicReference<Throwable> uncaught = new AtomicReference<>();
        thread.setUncaughtExceptionHandler((who, error) -> uncaught.set(error));
        assertFalse(thread.isDaemon());
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertNotNull(cpus.get());
        assertEquals(IllegalStateException.class, uncaught.get().getClass());
    }

    @Test
    void shouldLeaveAnUnpinnedThreadAlone() throws InterruptedException {
        final PlannedThread unpinned = PlannedThread.unpinned(List.of(Role.read(0), Role.write(0)));
        assertEquals(cpusOfThisThread(), cpusInThreadOf(unpinned));
        assertEquals(null, refusal.get());
    }

    @Test
    void shouldPinTheThreadOfAnAgentRunner() throws InterruptedException {
        final int cpu = Topology.read().usable().first();
        final AtomicReference<CpuSet> cpus = new AtomicReference<>();
        final Agent agent =
                new Agent() {
                    @Override
                    public void onStart() {
                        cpus.set(cpusOfThisThread());
                    }

                    @Override
                    public int doWork() {
                        throw new org.agrona.concurrent.AgentTerminationException();
                    }

                    @Override
                    public String roleName() {
                        return plan(cpu).name();
                    }
                };
        try (AgentRunner runner =
                new AgentRunner(new YieldingIdleStrategy(), error -> {}, null, agent)) {
            AgentRunner.startOnThread(
                            runner, new PinnedThreadFactory(plan(cpu), true, refusal::set))
                    .join(TimeUnit.SECONDS.toMillis(60));
            assertEquals(CpuSet.of(cpu), cpus.get());
        }
    }
}
