package io.stoat.bench.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which CPUs clients and members of a cluster get on hosts of several sizes. */
class PlannedProcessesTest {
    @TempDir private Path root;

    private Topology host(final int cpus) throws Exception {
        final Path online = root.resolve("sys/devices/system/cpu/online");
        Files.createDirectories(online.getParent());
        Files.writeString(online, "0-" + (cpus - 1) + "\n");
        return Topology.read(root);
    }

    @Test
    void shouldGiveEachClientACpuThatNobodyElseHas() throws Exception {
        final Topology topology = host(8);
        final ClientThreads four =
                ClientThreads.of("driver+read-0+write-0=1,client=2", 4, topology);
        assertTrue(four.arePinned());
        assertEquals(4, four.cpus().size(), four.toString());
        assertEquals(2, four.pinned().get(0).cpu());
        assertFalse(four.cpus().contains(1), four.toString());
        assertEquals(7, ClientThreads.of("write-0=1,client=2", 7, topology).cpus().size());
    }

    @Test
    void shouldPinNoClientWhereNotAllCanHaveACpu() throws Exception {
        final Topology topology = host(4);
        assertFalse(ClientThreads.of("write-0=1,client=2", 4, topology).arePinned());
        assertFalse(ClientThreads.of("write-0=1", 1, topology).arePinned(), "no client is named");
        assertFalse(ClientThreads.of("off", 1, topology).arePinned());
    }

    @Test
    void shouldPlanMembersAroundEachOtherAndTheClients() throws Exception {
        final Topology topology = host(32);
        final List<ThreadPlan> members = ClusterThreads.of("auto", 2, topology);
        assertEquals(ClusterFiles.MEMBERS, members.size());
        CpuSet taken = ClientThreads.of("auto", 2, topology).cpus();
        assertEquals(2, taken.size());
        for (final ThreadPlan member : members) {
            assertTrue(member.threads().stream().allMatch(PlannedThread::isPinned));
            final CpuSet own = ClientThreads.cpusOf(member);
            assertTrue(taken.and(own).isEmpty(), members.toString());
            taken = taken.or(own);
            assertEquals(
                    List.of("archive", "consensus", "driver", "service"),
                    new PlannedAgents(member, false)
                            .arrange(List.of("driver", "archive", "consensus", "service")).stream()
                                    .flatMap(thread -> thread.roles().stream())
                                    .sorted()
                                    .toList());
        }
    }

    @Test
    void shouldPinNoMemberOnASmallHostOrByALineForANode() throws Exception {
        assertEquals(List.of(), ClusterThreads.of("auto", 1, host(4)));
        assertEquals(List.of(), ClusterThreads.of("driver=1,client=2", 1, host(4)));
        assertEquals(List.of(), ClusterThreads.of("off", 1, host(4)));
    }

    @Test
    void shouldSayWhatIsInForceInACluster() {
        final String shipped = Targets.named("cluster").settings(Map.of());
        assertTrue(shipped.contains("MTU 65,504 B"), shipped);
        assertTrue(shipped.contains("heartbeat time-out 600 ms"), shipped);
        final String changed =
                Targets.named("cluster")
                        .settings(Map.of("heartbeat-timeout-ms", "900", "batch", "4"));
        assertTrue(changed.contains("heartbeat time-out 900 ms"), changed);
        assertTrue(changed.contains("at most 4 a message"), changed);
    }
}
