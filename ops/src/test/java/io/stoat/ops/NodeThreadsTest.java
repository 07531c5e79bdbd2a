package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.CpuSet;
import io.stoat.affinity.IdleKind;
import io.stoat.affinity.ThreadFigure;
import io.stoat.affinity.ThreadFigures;
import io.stoat.affinity.Topology;
import io.stoat.transport.AgentThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeThreadsTest {
    private static final int ABSENT_CPU = 1023;

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

    private NodeThreads plan(final String online, final String threads) throws IOException {
        return NodeThreads.plan(
                new NodeConfig().option(NodeSetting.THREADS, threads), host(online), claims());
    }

    private String refusal(final NodeConfig config, final CoreClaims claims) {
        final CommandFailure failure =
                assertThrows(
                        CommandFailure.class, () -> NodeThreads.plan(config, host("0-3"), claims));
        assertEquals(ExitCode.USAGE, failure.exitCode());
        return failure.getMessage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0-1|auto|driver+read-0+write-0=1:spin|1|1",
                "0-3|auto|driver=1:spin,read-0=2:spin,write-0=3:spin|1|1",
                "0-3|off|driver=off:backoff,read-0=off:backoff,write-0=off:backoff|1|1",
                "0-3|write-0=3,write-1=2,read-0=1|write-0=3:spin,write-1=2:spin,read-0=1:spin,"
                        + "driver=off:backoff|1|2",
                "0-3|read-2=1|read-2=1:spin,driver=off:backoff,read-0=off:backoff,"
                        + "read-1=off:backoff,write-0=off:backoff|3|1",
            })
    void shouldFollowTheSetting(
            final String online,
            final String threads,
            final String expected,
            final int readAgents,
            final int writeAgents)
            throws IOException {
        try (NodeThreads planned = plan(online, threads)) {
            assertEquals(expected, planned.plan().toString());
            assertEquals(readAgents, planned.readAgents());
            assertEquals(writeAgents, planned.writeAgents());
            assertEquals(List.of(), planned.remarks());
        }
    }

    @Test
    void shouldPlanForTheAgentsThatAreSet() throws IOException {
        final NodeConfig config =
                new NodeConfig()
                        .option(NodeSetting.READ_AGENTS, 2)
                        .option(NodeSetting.WRITE_AGENTS, 2);
        try (NodeThreads planned = NodeThreads.plan(config, host("0-7"), claims())) {
            assertEquals(
                    "driver=1:spin,read-0=2:spin,read-1=3:spin,write-0=4:spin,write-1=5:spin",
                    planned.plan().toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write-0=9|write-0 is pinned to CPU 9, which is not online (0-3); use one of the"
                        + " CPUs 0-3; or accept it with --force",
                "write-0=1:spin,read-0=1:spin|write-0 and read-0 both spin on CPU 1",
                "writer-0=1|entry 'writer-0=1': unknown role 'writer-0'; known: driver",
                "read-0=1,read-0=2|read-0 is given twice; give it once",
                "read-0=one|'one' is not a CPU number",
                "service=1|names service, which is not running here",
                "read-100=1|a node has at most 100 agents of a kind",
                "|expected ROLE=CPU",
                "driver-sender=1|give driver-conductor, driver-sender and driver-receiver",
            })
    void shouldRefuseAWrongPlanWithTheReason(final String threads, final String words) {
        final String line = threads == null ? "," : threads;
        final String message =
                refusal(new NodeConfig().option(NodeSetting.THREADS, line), claims());
        assertTrue(message.startsWith("--threads=" + line + ": "), message);
        assertTrue(message.contains(words), message);
    }

    @Test
    void shouldRefuseFewerAgentsThanThePlanNames() {
        final String message =
                refusal(
                        new NodeConfig()
                                .option(NodeSetting.THREADS, "read-1=1")
                                .option(NodeSetting.READ_AGENTS, 1),
                        claims());
        assertTrue(message.contains("the plan names read-1, and --read-agents=1"), message);
    }

    @Test
    void shouldAcceptAWrongPlanByForceAndSaySo() throws IOException {
        final NodeConfig config =
                new NodeConfig()
                        .option(NodeSetting.THREADS, "write-0=1:spin,read-0=1:spin,driver=9")
                        .option(NodeSetting.FORCE, true);
        try (NodeThreads planned = NodeThreads.plan(config, host("0-3"), claims())) {
            assertEquals("write-0=1:spin,read-0=1:spin,driver=9:spin", planned.plan().toString());
            assertEquals(2, planned.remarks().size(), planned.remarks().toString());
            assertTrue(planned.remarks().get(0).startsWith("forced: "));
        }
    }

    @Test
    void shouldPlanAroundTheCpusOfOtherNodes() throws IOException {
        final CoreClaims other = claims();
        other.take(CpuSet.of(2));
        try (NodeThreads planned = plan("0-3", "auto")) {
            assertEquals("driver+read-0=1:spin,write-0=3:spin", planned.plan().toString());
            final String remark = planned.remarks().get(0);
            assertTrue(
                    remark.contains("CPU 2 is taken by pid " + ProcessHandle.current().pid()),
                    remark);
        }
        other.release();
        plan("0-3", "auto").close();
        try (NodeThreads planned = plan("0-3", "auto")) {
            assertEquals(List.of(), planned.remarks());
        }
    }

    @Test
    void shouldNotPinWhereOtherNodesLeaveNothing() throws IOException {
        try (NodeThreads first = plan("0-1", "auto");
                NodeThreads second = plan("0-1", "auto")) {
            assertEquals("driver+read-0+write-0=1:spin", first.plan().toString());
            assertEquals("driver+read-0+write-0=off:backoff", second.plan().toString());
            assertTrue(second.remarks().get(0).contains("leaves no core"));
        }
    }

    @Test
    void shouldRefuseACpuOfAnotherNode() throws IOException {
        final CoreClaims other = claims();
        other.take(CpuSet.of(2));
        final NodeConfig config = new NodeConfig().option(NodeSetting.THREADS, "read-0=2");
        final String message = refusal(config, claims());
        assertTrue(
                message.contains("CPU 2 is taken by pid " + ProcessHandle.current().pid()),
                message);
        config.option(NodeSetting.FORCE, true);
        NodeThreads.plan(config, host("0-3"), claims()).close();
        other.release();
        NodeThreads.plan(new NodeConfig(), host("0-3"), claims()).close();
    }

    @Test
    void shouldGiveCpusBackWhenThePlanIsRefused() throws IOException {
        refusal(new NodeConfig().option(NodeSetting.THREADS, "read-0=2,write-0=9"), claims());
        try (NodeThreads planned = plan("0-3", "read-0=2")) {
            assertEquals(List.of(), planned.remarks());
        }
    }

    @Test
    void shouldArrangeTrackedThreadsAndShowTheirFigures() throws Exception {
        final List<String> refusals = new ArrayList<>();
        final NodeConfig config =
                new NodeConfig()
                        .option(NodeSetting.THREADS, "driver+read-0=" + ABSENT_CPU + ",write-0=off")
                        .option(NodeSetting.FORCE, true);
        try (NodeThreads planned = NodeThreads.plan(config, host("0-3"), claims())) {
            planned.open(dir, refusal -> refusals.add(refusal.thread()));
            final List<AgentThread> threads =
                    planned.arrange(List.of("driver", "read-0", "write-0"));
            assertEquals(List.of("driver", "read-0"), threads.get(0).roles());
            assertEquals(List.of("write-0"), threads.get(1).roles());
            assertEquals(BusySpinIdleStrategy.class, threads.get(0).idleStrategy().getClass());

            final Agent agent = threads.get(0).decorator().apply(new Worker());
            assertEquals("driver+read-0", agent.roleName());
            agent.onStart();
            agent.doWork();
            agent.doWork();
            final Thread thread = threads.get(0).threadFactory().newThread(() -> {});
            thread.start();
            thread.join();
            assertEquals(List.of("driver+read-0"), refusals);

            final List<ThreadFigure> seen =
                    ThreadFigures.read(dir.resolve(PlanInForce.FIGURES_FILE)).threads();
            assertTrue(seen.get(0).refused());
            assertTrue(seen.get(0).busyNs() > 0);
            assertTrue(seen.get(0).elapsedNs() >= seen.get(0).busyNs());
            assertEquals(IdleKind.BACKOFF, seen.get(1).idle());
            assertEquals(0, seen.get(1).elapsedNs());
        }
    }

    private static final class Worker implements Agent {
        @Override
        public int doWork() {
            return 1;
        }

        @Override
        public String roleName() {
            return "[worker]";
        }
    }
}
