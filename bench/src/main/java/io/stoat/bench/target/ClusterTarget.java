package io.stoat.bench.target;

import io.aeron.Aeron;
import io.stoat.bench.workload.Workload;
import io.stoat.replication.ClusterConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Three replicated members, each in a process of its own on this host. */
final class ClusterTarget implements Target {
    /** How a client reads. */
    enum Reads {
        /** The committed state of one member, out of shared memory. */
        LOCAL("cluster", "reads from member 0's shared memory"),
        /** Through the log. */
        LINEARIZABLE("cluster-linearizable", "reads through the log, one at a time");

        private final String label;
        private final String settings;

        Reads(final String label, final String settings) {
            this.label = label;
            this.settings = settings;
        }
    }

    private final Reads reads;

    ClusterTarget(final Reads reads) {
        this.reads = reads;
    }

    @Override
    public String name() {
        return reads.label;
    }

    @Override
    public String version() {
        return "this build, Aeron Cluster " + Aeron.class.getPackage().getImplementationVersion();
    }

    @Override
    public String settings() {
        return settings(Map.of());
    }

    @Override
    public String settings(final Map<String, String> options) {
        return ClusterFiles.settings(options)
                + "; a write counts once a quorum has it; writes that are due travel together, at most "
                + ClusterConnector.batch(options)
                + " a message; "
                + reads.settings;
    }

    @Override
    public int maxClients() {
        return 16;
    }

    @Override
    public boolean supports(final Workload workload) {
        return workload.hasOnlySingleSteps();
    }

    @Override
    public Set<String> options() {
        return Set.of(
                "heartbeat-timeout-ms",
                "election-timeout-ms",
                "batch",
                RunContext.SLOWED_BUILD_PERCENT);
    }

    @Override
    public int processes() {
        return ClusterFiles.MEMBERS + 2;
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return new NodeLauncher() {
            @Override
            public List<String> command(
                    final RunContext context, final String address, final String plan) {
                return ClusterNode.command(context, address, plan);
            }

            @Override
            public String newAddress() {
                return String.valueOf(
                        Ports.freeUdpRange(ClusterFiles.MEMBERS * ClusterConfig.PORTS_PER_MEMBER));
            }

            @Override
            public long endTimeoutMs() {
                return 30_000;
            }
        };
    }

    @Override
    public long loadNsPerKey() {
        return 250_000;
    }

    @Override
    public Connector open(final RunContext context) {
        return new ClusterConnector(context, reads == Reads.LINEARIZABLE);
    }
}
