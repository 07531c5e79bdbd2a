package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.store.Status;
import io.stoat.transport.AeronDirectories;
import io.stoat.transport.ClientContext;
import io.stoat.transport.StoreClient;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code stoat demo} in a process of its own, and what becomes of it when a part of it dies. */
@EnabledOnOs(OS.LINUX)
class DemoTest {
    private static final String CLEAR = "\u001b[2K";

    private static final String RUNS = "   warming up";
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(120);

    @TempDir Path dir;

    private static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "not in time: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** The demo's processes, and where they leave traces; known while they run. */
    private record Traces(List<ProcessHandle> processes, List<Path> directories, int port) {
        static Traces of(final StoatProcess demo) throws IOException {
            final List<ProcessHandle> children =
                    ProcessHandle.of(demo.pid()).orElseThrow().children().toList();
            final List<String> node = words(child(children, "node"));
            final Path data = Path.of(node.get(node.indexOf("--data-dir") + 1));
            final String endpoint = node.get(node.indexOf("--endpoint") + 1);
            final long client = child(children, "CLIENT").pid();
            final Path driver;
            try (Stream<Path> all = Files.list(AeronDirectories.forDataDir(data).getParent())) {
                driver =
                        all.filter(path -> path.toString().contains("stoat-client-" + client + "-"))
                                .findFirst()
                                .orElseThrow();
            }
            return new Traces(
                    children,
                    List.of(data, AeronDirectories.forDataDir(data), driver),
                    Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1)));
        }

        static ProcessHandle child(final List<ProcessHandle> children, final String word) {
            return children.stream()
                    .filter(child -> words(child).contains(word))
                    .findFirst()
                    .orElseThrow();
        }

        /** The process handle tells only the first of many. */
        static List<String> words(final ProcessHandle process) {
            try {
                return List.of(
                        Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                                .split("\0"));
            } catch (final IOException ended) {
                return List.of();
            }
        }

        void kill(final String word) {
            child(processes, word).destroyForcibly();
        }

        void awaitNothingLeft() throws IOException {
            assertEquals(5, processes.size(), "node, feed, two readers, client");
            for (final ProcessHandle process : processes) {
                await("end of pid " + process.pid(), () -> !process.isAlive());
            }
            for (final Path directory : directories) {
                await("removal of " + directory, () -> !Files.exists(directory));
            }
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                assertTrue(socket.isBound());
            }
        }
    }

    @Test
    void shouldMeasureAFileOfMarketDataAndLeaveNothing() throws Exception {
        final Path json = dir.resolve("figures.json");
        final Path csv =
                Files.writeString(
                        dir.resolve("amzn-trades.csv"),
                        "Time,Price,Volume\n2012-06-21 09:30:00.017460000,2238200,1\n"
                                + "2012-06-21 09:30:01.5,2238100,21\n");
        try (StoatProcess demo =
                StoatProcess.start(
                        "demo", "--seconds", 1, "--symbols", 50, "--input", csv, "--json", json)) {
            demo.awaitLine(RUNS);
            final Traces traces = Traces.of(demo);
            assertEquals(0, demo.await(), demo.output());
            assertFalse(demo.output().contains("\u001b"), "control characters in a file");
            assertSound(demo, json, 2);
            traces.awaitNothingLeft();
        }
    }

    private static void assertSound(final StoatProcess demo, final Path json, final int inputRows)
            throws IOException {
        assertTrue(demo.output().contains("torn or wrong   0"), demo.output());
        final Map<String, Object> figures = JSON.std.mapFrom(Files.readString(json));
        assertEquals(inputRows, figures.get("inputRows"));
        assertEquals(0, figures.get("torn"));
        assertTrue(figures.containsKey("unanswered"), figures.toString());
        assertTrue(((Number) figures.get("writes")).longValue() > 0, figures.toString());
        assertTrue(((Number) figures.get("reads")).longValue() > 0, figures.toString());
        for (final String name :
                List.of(
                        "sharedMemoryReadNs",
                        "writeRoundTripNs",
                        "ipcRoundTripNs",
                        "udpRoundTripNs")) {
            final Map<?, ?> percentiles = (Map<?, ?>) figures.get(name);
            assertTrue(((Number) percentiles.get("p50")).longValue() > 0, name);
            assertTrue(percentiles.containsKey("p99") && percentiles.containsKey("p999"), name);
        }
    }

    @Test
    void shouldMeasureTheGeneratorAndRedrawATableOnATerminal() throws Exception {
        final Path json = dir.resolve("figures.json");
        try (StoatProcess demo =
                StoatProcess.start(
                        List.of("-Dstoat.tty=true"), "demo", "--seconds", 1, "--json", json)) {
            assertEquals(0, demo.await(), demo.output());
            assertSound(demo, json, 0);
            final String output = demo.output();
            final int first = output.indexOf("per second");
            final int second = output.indexOf("\u001b[8A", first);
            assertTrue(first >= 0 && second > first, "drawn and drawn over: " + output);
            final String table = output.substring(first, second);
            // a carriage return ends a line for the reader of the output; the first row is the
            // heading
            assertEquals(7, table.lines().filter(line -> line.startsWith(CLEAR)).count(), table);
            for (final String row :
                    List.of(
                            "node, pid ",
                            "feed: writes, IPC",
                            "reader 1 (in place)",
                            "reader 2 (copying)",
                            "client: reads, IPC",
                            "client: reads, UDP",
                            "checked reads")) {
                assertTrue(table.contains(CLEAR + row), row + " in: " + table);
            }
        }
    }

    @Test
    void shouldFailWhenAReaderIsKilledAndNameIt() throws Exception {
        try (StoatProcess demo = StoatProcess.start("demo", "--seconds", 600)) {
            demo.awaitLine(RUNS);
            final Traces traces = Traces.of(demo);
            traces.kill("COPY_READER");
            assertEquals(1, demo.await(), demo.output());
            assertTrue(
                    demo.output().contains("reader 2 (copying) died: exit code 137"),
                    demo.output());
            traces.awaitNothingLeft();
        }
    }

    @Test
    void shouldFailAndLeaveNothingWhenTheNodeIsKilled() throws Exception {
        try (StoatProcess demo = StoatProcess.start("demo", "--seconds", 600)) {
            demo.awaitLine(RUNS);
            final Traces traces = Traces.of(demo);
            traces.kill("node");
            assertEquals(1, demo.await(), demo.output());
            assertTrue(demo.output().contains("node died: exit code 137"), demo.output());
            traces.awaitNothingLeft();
        }
    }

    @Test
    void shouldLeaveNothingWhenItIsKilledItself() throws Exception {
        try (StoatProcess demo = StoatProcess.start("demo", "--seconds", 600)) {
            demo.awaitLine(RUNS);
            final Traces traces = Traces.of(demo);
            demo.kill();
            traces.awaitNothingLeft();
        }
    }

    @Test
    void shouldLeaveNothingWhenItIsInterrupted() throws Exception {
        try (StoatProcess demo = StoatProcess.start("demo", "--seconds", 600)) {
            demo.awaitLine(RUNS);
            final Traces traces = Traces.of(demo);
            // as an interrupt, which a process in the background may not get
            demo.terminate();
            demo.await();
            assertFalse(demo.output().contains("in progress"), demo.output());
            assertFalse(demo.output().contains("died"), demo.output());
            traces.awaitNothingLeft();
        }
    }

    @Test
    void shouldFailWhenAValueIsForeign() throws Exception {
        final Path data = dir.resolve("data");
        try (StoatProcess demo =
                StoatProcess.start(
                        "demo", "--seconds", 2, "--symbols", 2_000, "--data-dir", data)) {
            demo.awaitLine(RUNS);
            // more than the feed writes over before a reader has seen one
            putForeignValues(data, 200);
            assertEquals(1, demo.await(), demo.output());
            assertTrue(demo.output().contains("reads were wrong"), demo.output());
            assertFalse(demo.output().contains("torn or wrong   0"), demo.output());
        }
        assertTrue(Files.exists(data.resolve("store.mark")), "a directory that was given is kept");
    }

    private static void putForeignValues(final Path data, final int count) {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[128]);
        try (StoreClient client = StoreClient.connect(new ClientContext().dataDir(data))) {
            for (int i = 0; i < count; i++) {
                final UnsafeBuffer key =
                        new UnsafeBuffer(
                                String.format("SYM.%04d", i).getBytes(StandardCharsets.UTF_8));
                assertEquals(
                        Status.OK,
                        client.put(key, 0, key.capacity(), value, 0, value.capacity(), 0));
            }
        }
    }
}
