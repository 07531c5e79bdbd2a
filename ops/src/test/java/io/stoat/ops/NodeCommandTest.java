package io.stoat.ops;

import static io.stoat.ops.CommandTest.freeEndpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.affinity.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A node's threads, seen from other processes. */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class NodeCommandTest {
    private static final int LONGEST_COMM = 15;

    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    private StoatProcess node(final String threads, final Object... more) throws IOException {
        return StoatProcess.node(
                Stream.concat(
                                Stream.of(
                                        "--data-dir",
                                        dir.resolve("data"),
                                        "--endpoint",
                                        freeEndpoint(),
                                        "--entries",
                                        100,
                                        "--threads",
                                        threads),
                                Stream.of(more))
                        .toArray());
    }

    /** What stat --threads shows, by thread, once every thread has run. */
    private Map<String, Map<?, ?>> threads() throws IOException {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            stoat.expect(0, "threads", "stat", "--threads", "--json", "--data-dir", data());
            final Map<String, Map<?, ?>> threads = new HashMap<>();
            for (final Object row : (List<?>) JSON.std.mapFrom(stoat.output()).get("threads")) {
                threads.put(((Map<?, ?>) row).get("thread").toString(), (Map<?, ?>) row);
            }
            if (threads.values().stream()
                    .allMatch(row -> ((Number) row.get("maxCycleNs")).longValue() > 0)) {
                return threads;
            }
            assertTrue(System.nanoTime() < deadlineNs, threads.toString());
        }
    }

    private Path data() {
        return dir.resolve("data");
    }

    /** CPUs of a process's threads by name, as the kernel tells them. */
    private static Map<String, String> cpus(final long pid) throws IOException {
        final Map<String, String> cpus = new HashMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (final Path task : tasks.toList()) {
                final List<String> status = Files.readAllLines(task.resolve("status"));
                cpus.put(
                        Files.readString(task.resolve("comm")).strip(),
                        status.stream()
                                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                                .findFirst()
                                .orElseThrow());
            }
        }
        return cpus;
    }

    private static String comm(final String thread) {
        return thread.substring(0, Math.min(LONGEST_COMM, thread.length()));
    }

    @Test
    void shouldPinAndNameTheThreadOfAllRoles() throws Exception {
        final int cpu = Topology.read().usable().first();
        final String name = "driver+read-0+write-0";
        // forced: other tests of this host may have the CPU
        try (StoatProcess node = node(name + "=" + cpu + ":yield", "--force")) {
            assertTrue(
                    node.output().contains("threads         " + name + "=" + cpu), node.output());
            stoat.expect(0, "version 1", "put", "K", "V", "--data-dir", data());
            final Map<?, ?> thread = threads().get(name);
            assertEquals(cpu, thread.get("cpu"));
            assertEquals(true, thread.get("pinned"));
            assertEquals("yield", thread.get("idle"));
            assertEquals(List.of("driver", "read-0", "write-0"), thread.get("roles"));
            assertTrue(((Number) thread.get("busyPercent")).doubleValue() > 0, thread.toString());
            assertEquals(String.valueOf(cpu), cpus(node.pid()).get(comm(name)));
            stoat.expect(0, "pid " + node.pid(), "stat", "--threads", "--data-dir", data());
            node.kill();
        }
        stoat.expect(0, "GONE", "stat", "--threads", "--data-dir", data());
        try (StoatProcess node = node("off")) {
            stoat.expect(0, "V", "get", "K", "--data-dir", data());
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
        stoat.expect(1, "no node serves it", "stat", "--threads", "--data-dir", data());
    }

    @Test
    void shouldServeOnAThreadForEachRoleAndPartOfTheDriver() throws Exception {
        final String line =
                "driver-conductor=off,driver-sender=off,driver-receiver=off,read-0=off,read-1=off,"
                        + "write-0=off,write-1=off";
        try (StoatProcess node = node(line, "--shards", 2)) {
            for (int i = 0; i < 4; i++) {
                stoat.expect(0, "version", "put", "K" + i, "V" + i, "--data-dir", data());
            }
            stoat.expect(0, "V3", "get", "K3", "--data-dir", data());
            final Map<String, Map<?, ?>> threads = threads();
            assertEquals(7, threads.size(), threads.toString());
            assertEquals(false, threads.get("driver-sender").get("pinned"));
            final Map<String, String> cpus = cpus(node.pid());
            for (final String thread : List.of("read-0", "read-1", "write-0", "write-1")) {
                assertTrue(cpus.containsKey(thread), thread + " in " + cpus);
            }
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
    }

    @Test
    void shouldFollowTheConfigurationFile() throws Exception {
        final Path config =
                Files.writeString(
                        dir.resolve("stoat.properties"),
                        "data-dir="
                                + data()
                                + "\nendpoint=off\nentries=100\nthreads=driver+read-0=off,write-0=off\n");
        try (StoatProcess node = StoatProcess.node("--config", config)) {
            assertTrue(node.output().contains("UDP             off"), node.output());
            assertFalse(node.output().contains("--endpoint"), node.output());
            assertEquals(2, threads().size());
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
    }

    @Test
    void shouldPrintTheAutomaticPlanOrWhyNothingIsPinned() throws Exception {
        try (StoatProcess node = node("auto")) {
            assertTrue(node.output().contains("(--threads=auto)"), node.output());
            assertTrue(node.output().contains("role              thread"), node.output());
            assertTrue(
                    node.output().contains(":spin")
                            || node.output().contains(":yield")
                            || node.output().contains("note: CPU"),
                    node.output());
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
    }

    @Test
    void shouldPinAndNameAMembersThreads() throws Exception {
        final int cpu = Topology.read().usable().first();
        final String line = "driver+archive=" + cpu + ":yield,consensus=" + cpu + ":yield";
        Files.createDirectories(data());
        Files.write(
                data().resolve(MemberOptions.WAL_FILE),
                List.of(
                        "dir=" + data(),
                        "port=" + ClusterTargetTest.freePort(),
                        "entries=1000",
                        "term-length=262144",
                        "heartbeat-timeout-ms=5000"));
        try (StoatProcess node =
                StoatProcess.node("--wal", "--data-dir", data(), "--threads", line, "--force")) {
            assertTrue(node.output().contains("threads         " + line), node.output());
            stoat.expect(0, "version", "put", "K", "V", "--data-dir", data());
            final Map<String, Map<?, ?>> threads = threads();
            assertEquals(3, threads.size(), threads.toString());
            final Map<String, String> cpus = cpus(node.pid());
            for (final String name : List.of("driver+archive", "consensus")) {
                assertEquals(cpu, threads.get(name).get("cpu"), threads.toString());
                assertEquals(true, threads.get(name).get("pinned"), threads.toString());
                assertEquals("yield", threads.get(name).get("idle"));
                assertEquals(String.valueOf(cpu), cpus.get(comm(name)), cpus.toString());
            }
            final Map<?, ?> service = threads.get("service");
            assertEquals(-1, service.get("cpu"), threads.toString());
            assertEquals("backoff", service.get("idle"));
            assertTrue(((Number) service.get("busyPercent")).doubleValue() > 0, "" + threads);
            assertTrue(cpus.containsKey("service"), cpus.toString());
            assertTrue(service.containsKey("slowCycles"), threads.toString());
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
        stoat.expect(1, "no node serves it", "stat", "--threads", "--data-dir", data());
    }

    @Test
    void shouldRefuseAMembersWrongPlan() {
        final String[][] wrong = {
            {"write-0=0", "names write-0, which is not running here"},
            {"service+consensus=0", "cannot share a thread"},
            {"driver-conductor=0,driver-sender=0,driver-receiver=0", "runs on one thread"},
            {"consensus=0:spin,service=0:spin", "both spin on CPU 0"},
            {"service-1=0", "names service-1, which is not running here"},
        };
        for (final String[] plan : wrong) {
            stoat.expect(
                    ExitCode.USAGE,
                    plan[1],
                    "node",
                    "--wal",
                    "--data-dir",
                    data(),
                    "--threads",
                    plan[0]);
        }
    }

    @Test
    void shouldRefuseWrongPlansBeforeAnythingIsMade() throws Exception {
        final String[][] wrong = {
            {"write-0=1022", "write-0 is pinned to CPU 1022, which is not online"},
            {"write-0=0:spin,read-0=0:spin", "both spin on CPU 0"},
            {"writer-0=0", "unknown role 'writer-0'"},
            {"write-0=0,write-0=1", "write-0 is given twice"},
            {"service=0", "names service, which is not running here"},
        };
        for (final String[] plan : wrong) {
            stoat.expect(
                    ExitCode.USAGE, plan[1], "node", "--data-dir", data(), "--threads", plan[0]);
            assertTrue(stoat.output().startsWith("stoat: --threads=" + plan[0]), stoat.output());
        }
        assertFalse(Files.exists(data()));
        stoat.expect(
                ExitCode.USAGE,
                "5 write agents",
                "node",
                "--data-dir",
                data(),
                "--endpoint",
                freeEndpoint(),
                "--entries",
                100,
                "--shards",
                2,
                "--threads",
                "off",
                "--write-agents",
                5);
    }

    @Test
    void shouldRunAWrongPlanByForceAndSaySo() throws Exception {
        try (StoatProcess node = node("write-0=1022:backoff", "--force")) {
            assertTrue(
                    node.output().contains("note: forced: write-0 is pinned to CPU 1022"),
                    node.output());
            assertEquals(false, threads().get("write-0").get("pinned"));
            stoat.expect(0, "refused", "stat", "--threads", "--data-dir", data());
            node.terminate();
            assertEquals(0, node.await(), node.output());
            assertTrue(node.output().contains("could not be pinned to CPU 1022"), node.output());
        }
    }
}
