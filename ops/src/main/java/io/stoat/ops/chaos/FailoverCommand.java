package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.Status;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat chaos failover}: how long a leader's end keeps writers waiting. */
@Command(
        name = "failover",
        description = {
            "Kill the leader of three member processes again and again, with the shipped settings, and measure from each",
            "kill to the next acknowledged write. Then stop a healthy leader for 500 ms, several times: no election may follow.",
            "Exit code 1 when p50 is more than 1 s, the longest more than 2 s, or an election followed."
        })
final class FailoverCommand implements Callable<Integer> {
    private static final int PAUSES = 5;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final UnsafeBuffer KEY = new UnsafeBuffer("failover".getBytes());

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "20",
            description = "Leaders to kill (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--no-bounds",
            description = "Only measure: exit code 0 whatever the figures are.")
    private boolean isUnbounded;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        if (kills < 1 || kills > 10_000) {
            throw CommandFailure.usage("--kills=" + kills + ": must be from 1 to 10000");
        }
        final PrintWriter out = spec.commandLine().getOut();
        final long[] outagesMs = new long[kills];
        try (ClusterProcesses cluster =
                        new ClusterProcesses(
                                3, List.of("entries=2000", "value-size=64", "shards=2"));
                ReplicatedClient client =
                        ReplicatedClient.connect(
                                new ReplicatedClientContext()
                                        .config(cluster.config())
                                        .timeoutNs(TimeUnit.SECONDS.toNanos(60)))) {
            cluster.startAll();
            add(client);
            for (int i = 0; i < kills; i++) {
                outagesMs[i] = kill(cluster, client);
                out.printf(Locale.ROOT, "kill %d: %d ms%n", i + 1, outagesMs[i]);
                out.flush();
            }
            Arrays.sort(outagesMs);
            out.printf(
                    Locale.ROOT,
                    "fail-over over %d kills: min %d ms, p50 %d ms, max %d ms%n",
                    kills,
                    outagesMs[0],
                    FailoverBounds.p50(outagesMs),
                    outagesMs[kills - 1]);
            final int elections = pauses(cluster, client);
            out.printf(
                    Locale.ROOT,
                    "%d pauses of a healthy leader for %d ms: %d elections%n",
                    PAUSES,
                    TimeUnit.NANOSECONDS.toMillis(PAUSE_NS),
                    elections);
            if (client.counter() != kills + PAUSES + 1) {
                throw CommandFailure.failed(
                        "the counter is "
                                + client.counter()
                                + " after "
                                + (kills + PAUSES + 1)
                                + " acknowledged additions of 1");
            }
            requireBounds(outagesMs, elections);
        }
        return 0;
    }

    private void requireBounds(final long[] outagesMs, final int elections) {
        final List<String> broken = FailoverBounds.broken(outagesMs, elections);
        if (!isUnbounded && !broken.isEmpty()) {
            throw CommandFailure.failed(
                    "fail-over is out of bounds: "
                            + String.join("; ", broken)
                            + "; on a host with more busy threads than cores try --no-bounds");
        }
    }

    private static void add(final ReplicatedClient client) {
        final int status = client.add(KEY, 0, KEY.capacity(), 1);
        if (status != Status.OK) {
            throw CommandFailure.failed("a write failed: " + Status.nameOf(status));
        }
    }

    private static long kill(final ClusterProcesses cluster, final ReplicatedClient client) {
        final int leader = cluster.awaitLeader();
        final long killedNs = System.nanoTime();
        cluster.kill(leader);
        add(client);
        final long outageNs = System.nanoTime() - killedNs;
        cluster.start(leader);
        cluster.awaitAllLive();
        settle(client, TimeUnit.MILLISECONDS.toNanos(500));
        return TimeUnit.NANOSECONDS.toMillis(outageNs);
    }

    private static int pauses(final ClusterProcesses cluster, final ReplicatedClient client) {
        int elections = 0;
        for (int i = 0; i < PAUSES; i++) {
            final int leader = cluster.awaitLeader();
            final long term = term(cluster, leader);
            cluster.pause(leader);
            settle(client, PAUSE_NS);
            cluster.resume(leader);
            add(client);
            settle(client, TimeUnit.SECONDS.toNanos(1));
            elections += (int) (term(cluster, cluster.awaitLeader()) - term);
        }
        return elections;
    }

    private static long term(final ClusterProcesses cluster, final int member) {
        try (MemberStatus status = MemberStatus.attach(cluster.config().memberDir(0, member))) {
            return status.leadershipTerm();
        }
    }

    private static void settle(final ReplicatedClient client, final long durationNs) {
        final long endNs = System.nanoTime() + durationNs;
        while (System.nanoTime() - endNs < 0) {
            client.poll();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
