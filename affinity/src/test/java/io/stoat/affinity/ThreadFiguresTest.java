package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadFiguresTest {
    private static final ThreadPlan PLAN =
            ThreadPlan.parse("driver+read-0=3:spin,write-0=off,write-1=4:yield");

    @TempDir Path dir;

    private Path file;
    private long nowNs;

    @BeforeEach
    void nameFile() {
        file = dir.resolve("node.threads");
    }

    private ThreadFigures create() throws IOException {
        return ThreadFigures.create(file, PLAN, () -> nowNs, 1_000);
    }

    @Test
    void shouldShowThreadsAndFiguresToAReader() throws IOException {
        try (ThreadFigures figures = create()) {
            final DutyCycleTracker tracker = figures.tracker(PLAN.threads().get(0));
            tracker.start();
            nowNs += 300;
            tracker.nextCycle(0);
            nowNs += 5_000;
            tracker.nextCycle(1);
            figures.refused(PLAN.threads().get(2));

            final ThreadFigures.Snapshot seen = ThreadFigures.read(file);
            assertEquals(ProcessHandle.current().pid(), seen.pid());
            assertTrue(seen.isAlive());
            assertEquals(
                    List.of(
                            new ThreadFigure(
                                    List.of("driver", "read-0"),
                                    3,
                                    false,
                                    IdleKind.BUSY_SPIN,
                                    1_000,
                                    1,
                                    5_000,
                                    5_000,
                                    5_000,
                                    5_300),
                            // allowed to sleep on top of the threshold
                            new ThreadFigure(
                                    List.of("write-0"),
                                    -1,
                                    false,
                                    IdleKind.BACKOFF,
                                    101_000,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0),
                            new ThreadFigure(
                                    List.of("write-1"),
                                    4,
                                    true,
                                    IdleKind.YIELD,
                                    1_000,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0)),
                    seen.threads());
            assertEquals(94.3, seen.threads().get(0).busyPercent(), 0.05);
            assertEquals(0, seen.threads().get(1).busyPercent());
        }
        assertThrows(NoSuchFileException.class, () -> ThreadFigures.read(file));
    }

    @Test
    void shouldReplaceWhatAKilledProcessLeft() throws IOException {
        Files.writeString(file, "left over");
        Files.writeString(dir.resolve("node.threads.new"), "cut off");
        try (ThreadFigures figures = create()) {
            assertEquals(3, ThreadFigures.read(file).threads().size());
        }
        try (var left = Files.list(dir)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldStayHarmlessWhenAnAgentOutlivesIt() throws IOException {
        final ThreadFigures figures = create();
        final DutyCycleTracker tracker = figures.tracker(PLAN.threads().get(0));
        tracker.start();
        figures.close();
        nowNs += 700;
        tracker.nextCycle(1);
        assertEquals(700, tracker.maxCycleNs());
    }

    @Test
    void shouldKnowAProcessOfTheSameNumberFromTheOneThatIsGone() {
        final long pid = ProcessHandle.current().pid();
        assertFalse(new ThreadFigures.Snapshot(pid, 1_000, List.of()).isAlive());
        assertFalse(new ThreadFigures.Snapshot(Integer.MAX_VALUE, 1_000, List.of()).isAlive());
    }

    @Test
    void shouldCutNamesThatDoNotFit() throws IOException {
        final String roles =
                IntStream.range(0, 300).mapToObj(i -> "read-" + i).collect(Collectors.joining("+"));
        final ThreadPlan plan = ThreadPlan.parse(roles + "=off,write-0=1");
        try (ThreadFigures figures =
                ThreadFigures.create(file, plan, SystemNanoClock.INSTANCE, 1_000)) {
            final List<ThreadFigure> threads = ThreadFigures.read(file).threads();
            assertEquals("read-0", threads.get(0).roles().get(0));
            assertEquals(List.of("write-0"), threads.get(1).roles());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        Files.write(file, new byte[10]);
        assertTrue(refusal().contains("10 bytes"), refusal());
        Files.write(file, new byte[4096]);
        assertTrue(refusal().contains("layout version 0"), refusal());
        create();
        final byte[] bytes = Files.readAllBytes(file);
        Files.write(
                file, java.util.Arrays.copyOf(bytes, 1_000), StandardOpenOption.TRUNCATE_EXISTING);
        assertTrue(refusal().contains("3 threads"), refusal());
    }

    private String refusal() {
        return assertThrows(IOException.class, () -> ThreadFigures.read(file)).getMessage();
    }

    @Test
    void shouldNotKnowAThreadOfAnotherPlan() throws IOException {
        try (ThreadFigures figures = create()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> figures.tracker(ThreadPlan.parse("read-0=1").threads().get(0)));
        }
    }
}
