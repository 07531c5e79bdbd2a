package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.CpuSet;
import io.stoat.affinity.Topology;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberThreads;
import io.stoat.transport.AgentThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberPlanTest {
    private static final List<String> PARTS =
            List.of(
                    MemberThreads.DRIVER,
                    MemberThreads.ARCHIVE,
                    MemberThreads.CONSENSUS,
                    MemberThreads.SERVICE);

    @TempDir Path dir;

    private Topology host(final String online) throws IOException {
        final Path file = dir.resolve("host/sys/devices/system/cpu/online");
        Files.createDirectories(file.getParent());
        Files.writeString(file, online);
        return Topology.read(dir.resolve("host"));
    }

    private CoreClaims claims() {
        return new CoreClaims(dir.resolve("cpus.lock"));
    }

    private ClusterConfig cluster(final int groups, final int syncLevel) {
        final Properties settings = new Properties();
        settings.setProperty("dir", dir.toString());
        settings.setProperty("groups", String.valueOf(groups));
        settings.setProperty("file-sync-level", String.valueOf(syncLevel));
        return ClusterConfig.of(settings);
    }

    private MemberPlan plan(
            final String online, final String threads, final int groups, final int syncLevel)
            throws IOException {
        final MemberPlan plan =
                MemberPlan.plan(
                        new NodeConfig().option(NodeSetting.THREADS, threads),
                        host(online),
                        claims(),
                        cluster(groups, syncLevel));
        plan.open(dir, refusal -> {});
        return plan;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0-1|auto|1|0|driver+archive=off:backoff,consensus=off:backoff,service=off:backoff",
                "0-3|auto|1|0|driver+archive=1:spin,consensus=2:spin,service=3:spin",
                "0-4|auto|1|0|driver=1:spin,consensus=2:spin,service=3:spin,archive=4:spin",
                "0-3|off|1|0|driver+archive=off:backoff,consensus=off:backoff,service=off:backoff",
                "0-3|auto|1|1|driver=off:backoff,consensus=off:backoff,service=off:backoff,"
                        + "archive=off:backoff",
                "0-4|auto|1|2|driver=1:spin,consensus=2:spin,service=3:spin,archive=4:spin",
                "0-6|auto|2|0|driver+archive=1:spin,driver-1+archive-1=2:spin,consensus=3:spin,"
                        + "consensus-1=4:spin,service=5:spin,service-1=6:spin",
                "0-7|driver=2,archive=2,consensus=3,service=4|1|0|driver+archive=2:spin,"
                        + "consensus=3:spin,service=4:spin",
                "0-7|service-1=5|2|0|service-1=5:spin,driver=off:backoff,driver-1=off:backoff,"
                        + "consensus=off:backoff,consensus-1=off:backoff,service=off:backoff,"
                        + "archive=off:backoff,archive-1=off:backoff",
            })
    void shouldFollowTheSetting(
            final String online,
            final String threads,
            final int groups,
            final int syncLevel,
            final String expected)
            throws IOException {
        try (MemberPlan planned = plan(online, threads, groups, syncLevel)) {
            assertEquals(expected, planned.plan().toString());
            assertEquals(List.of(), planned.remarks());
        }
    }

    @Test
    void shouldArrangeEachGroupsPartsOnItsThreadsOfThePlan() throws IOException {
        final String line = "driver+archive=1,consensus=2,service=3,driver-1=4,consensus-1=2";
        try (MemberPlan planned = plan("0-7", line, 2, 0)) {
            final List<AgentThread> first = planned.ofGroup(0).arrange(PARTS);
            assertEquals(
                    List.of(List.of("driver", "archive"), List.of("consensus"), List.of("service")),
                    first.stream().map(AgentThread::roles).toList());
            assertEquals(BusySpinIdleStrategy.class, first.get(2).idleStrategy().getClass());
            final List<AgentThread> second = planned.ofGroup(1).arrange(PARTS);
            assertEquals(4, second.size());
            final AgentThread unpinned =
                    second.stream()
                            .filter(thread -> thread.roles().equals(List.of("service")))
                            .findFirst()
                            .orElseThrow();
            assertEquals(MemberThreads.newBackoff().getClass(), unpinned.idleStrategy().getClass());
            assertEquals("service-1", unpinned.threadFactory().newThread(() -> {}).getName());
        }
    }

    @Test
    void shouldPinNothingBesideAnotherProcessThatLeavesTooFewCores() throws IOException {
        final CoreClaims others = claims();
        assertEquals(CpuSet.EMPTY, others.take(CpuSet.of(2)));
        try (MemberPlan planned = plan("0-3", "auto", 1, 0)) {
            assertEquals(
                    "driver+archive=off:backoff,consensus=off:backoff,service=off:backoff",
                    planned.plan().toString());
            assertTrue(
                    planned.remarks().get(0).startsWith("CPU 2 is taken by"),
                    "" + planned.remarks());
        } finally {
            others.release();
        }
    }
}
