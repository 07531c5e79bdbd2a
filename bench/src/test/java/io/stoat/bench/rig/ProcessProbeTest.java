package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.Topology;
import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.target.Programs;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results say with which flags and on which CPUs the processes of a run really ran. */
class ProcessProbeTest {
    private static final CpuSet USABLE = Topology.read().usable();

    @TempDir private Path dir;

    private RunResult run(final String target, final int clients, final String plan) {
        final RunResult result =
                new Fork(
                                new RunSpec(
                                        "test",
                                        target,
                                        Workload.ycsb('b').withKeys(200),
                                        clients,
                                        List.of(Phase.closed(100)),
                                        0,
                                        50,
                                        "",
                                        plan,
                                        Map.of()),
                                Build.current(),
                                0,
                                text -> {})
                        .run(dir.resolve("run.json"));
        assertNull(result.failure());
        return result;
    }

    private static ProcessFacts of(final RunResult result, final String role) {
        return result.processes().stream()
                .filter(facts -> facts.role().equals(role))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSayThatNothingIsPinned() {
        final RunResult result = run("stoat-ipc", 1, "off");
        for (final String role : List.of("load", "node")) {
            assertEquals(ProcessFacts.NOT_PINNED, of(result, role).pinned());
            // one flag of the rig, one of the file of flags
            assertTrue(of(result, role).flags().contains("-Xmx2g"), of(result, role).flags());
            assertTrue(of(result, role).flags().contains("-XX:+UseSerialGC"));
        }
        final Path file = dir.resolve("copy.json");
        JsonFile.write(file, result.toMap());
        assertEquals(result.processes(), RunResult.of(JsonFile.read(file)).processes());
    }

    @Test
    void shouldSayWhichThreadsArePinned() {
        Assumptions.assumeTrue(USABLE.size() > 1, "one CPU alone");
        final int node = USABLE.stream().max().getAsInt();
        final int client = USABLE.first();
        final RunResult result =
                run(
                        "stoat-ipc",
                        1,
                        "driver+read-0+write-0=" + node + ":yield,client=" + client + ":yield");
        assertTrue(of(result, "load").pinned().contains("client=" + client), result.toString());
        assertTrue(of(result, "node").pinned().contains("driver+read"), result.toString());
        assertTrue(of(result, "node").pinned().contains("=" + node), result.toString());
    }

    @Test
    void shouldPinAServerAndSayThatMoreClientsThanCpusAreNot() {
        Assumptions.assumeTrue(USABLE.size() > 1, "one CPU alone");
        Assumptions.assumeTrue(Targets.named("redis").absence() == null, "no Redis");
        Assumptions.assumeTrue(Programs.find("taskset") != null, "no taskset");
        final int node = USABLE.stream().max().getAsInt();
        final RunResult result =
                run(
                        "redis",
                        USABLE.size(),
                        "driver+read-0+write-0=" + node + ":yield,client=" + USABLE.first());
        assertEquals("all threads=" + node, of(result, "node").pinned());
        assertTrue(of(result, "node").flags().contains("redis-server"));
        assertEquals(ProcessFacts.NOT_PINNED, of(result, "load").pinned());
    }

    @Test
    void shouldReadFlagsOutOfTheirFile() throws Exception {
        final Path options = dir.resolve("options");
        Files.writeString(options, "# -Xmx9g is no flag\n-XX:+UseSerialGC  -Da=b # -Xss1m\n");
        assertEquals(
                "-XX:+UseSerialGC -Xmx1g",
                ProcessProbe.flags(
                        "/usr/bin/java", "@" + options, "-Xmx1g", "-cp", "a.jar", "Main"));
    }
}
