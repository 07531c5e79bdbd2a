package io.stoat.ops.chaos;

import io.stoat.ops.cluster.ClusterProcesses;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A short run of {@code stoat chaos}: real processes, a seed, and the checker's verdict. */
class ChaosTest {
    private static final long SEED = 20_261_124;

    @Test
    void shouldStayLinearizableWhileMembersAreKilled() {
        try (ClusterProcesses cluster =
                new ClusterProcesses(
                        3,
                        List.of(
                                "entries=2000",
                                "value-size=64",
                                "shards=2",
                                "term-length=262144",
                                "heartbeat-timeout-ms=2000",
                                "election-timeout-ms=500"))) {
            new ChaosRun(
                            cluster,
                            new PrintWriter(System.out, true),
                            SEED,
                            2,
                            List.of(Fault.KILL_LEADER, Fault.KILL_IN_SNAPSHOT))
                    .run(TimeUnit.SECONDS.toNanos(20));
        }
    }
}
