package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code stoat cluster}: looks at the members of this host through their status files, and asks
 * them for things.
 */
@Command(
        name = "cluster",
        description = {
            "Look at a cluster's members on this host, and ask them for things.",
            "Members are started with 'stoat node --cluster FILE --member N'."
        },
        synopsisSubcommandLabel = "(status | leader | snapshot | step-down | verify | backup)",
        subcommands = ClusterBackupCommand.class,
        footer = {"", "Example:", "  stoat cluster status --cluster prices.cluster"})
public final class ClusterCommand implements Runnable {
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(60);

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Configuration of the cluster, the same file on every host.")
    private Path file;

    @Option(
            names = "--group",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            defaultValue = "0",
            description = "Group (default: ${DEFAULT-VALUE}).")
    private int group;

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw CommandFailure.usage(
                "say what: status, leader, snapshot, step-down, verify or backup; see --help");
    }

    ClusterConfig config() {
        if (file == null) {
            throw CommandFailure.usage("--cluster FILE is missing");
        }
        final ClusterConfig config = ClusterConfig.read(file);
        if (group < 0 || group >= config.groups()) {
            throw CommandFailure.usage(
                    "--group=" + group + ": the cluster has groups 0 to " + (config.groups() - 1));
        }
        return config;
    }

    int group() {
        return group;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Status of each member that runs, or has run, on this host. */
    private List<MemberStatus> statuses(final ClusterConfig config) {
        final List<MemberStatus> all = new ArrayList<>();
        for (int member = 0; member < config.members(); member++) {
            try {
                all.add(MemberStatus.attach(config.memberDir(group, member)));
            } catch (final ReplicationException notHere) {
                // it runs on another host, or never ran
            }
        }
        if (all.isEmpty()) {
            throw CommandFailure.failed(
                    "no member has run on this host under "
                            + config.dir()
                            + ": start one with 'stoat node --cluster FILE --member N'");
        }
        return all;
    }

    private MemberStatus leaderHere(final ClusterConfig config) {
        return statuses(config).stream()
                .filter(status -> status.isAlive() && status.isLeader())
                .findFirst()
                .orElseThrow(
                        () ->
                                CommandFailure.failed(
                                        "no member on this host leads: see 'stoat cluster status',"
                                                + " and ask on the leader's host"));
    }

    private static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw CommandFailure.failed(what + " did not happen within a minute");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Command(
            name = "status",
            description = "Show what each member of this host does and how far it is.")
    int status() {
        final ClusterConfig config = config();
        out().printf(
                        Locale.ROOT,
                        "%-7s %-9s %-9s %-5s %14s %8s %14s %14s %9s %s%n",
                        "member",
                        "state",
                        "role",
                        "term",
                        "applied",
                        "age",
                        "snapshot",
                        "log from",
                        "elections",
                        "pid");
        int alive = 0;
        for (final MemberStatus status : statuses(config)) {
            final boolean isAlive = status.isAlive();
            alive += isAlive ? 1 : 0;
            final long ageMs = System.currentTimeMillis() - status.appliedTimeMs();
            out().printf(
                            Locale.ROOT,
                            "%-7d %-9s %-9s %-5d %14d %8s %14d %14d %9d %d%n",
                            status.member(),
                            isAlive ? status.state().name().toLowerCase(Locale.ROOT) : "dead",
                            !isAlive ? "-" : status.isLeader() ? "leader" : "follower",
                            status.leadershipTerm(),
                            status.appliedPosition(),
                            status.appliedTimeMs() == 0 ? "-" : ageMs + " ms",
                            status.snapshotPosition(),
                            status.logStartPosition(),
                            status.elections(),
                            status.pid());
        }
        out().println(
                        alive
                                + " of "
                                + config.members()
                                + " members run on this host; "
                                + config.quorum()
                                + " are needed to write");
        return alive > 0 ? 0 : 1;
    }

    @Command(name = "leader", description = "Print the number of the member that leads.")
    int leader() {
        for (final MemberStatus status : statuses(config())) {
            if (status.isAlive()
                    && status.state() == MemberStatus.State.LIVE
                    && status.leader() >= 0) {
                out().println(status.leader());
                return 0;
            }
        }
        throw CommandFailure.failed("no member of this host knows a leader");
    }

    @Command(
            name = "snapshot",
            description = "Make all members take a snapshot now; to be asked on the leader's host.")
    int snapshot() {
        final MemberStatus leader = leaderHere(config());
        final long before = leader.snapshotPosition();
        leader.ask(MemberStatus.Request.SNAPSHOT);
        await("the snapshot", () -> leader.snapshotPosition() > before);
        out().println(
                        "snapshot at position "
                                + leader.snapshotPosition()
                                + ", pause "
                                + TimeUnit.NANOSECONDS.toMillis(leader.snapshotPauseNs())
                                + " ms");
        return 0;
    }

    @Command(
            name = "step-down",
            description = "Make the leader let another member lead; to be asked on its host.")
    int stepDown() {
        final ClusterConfig config = config();
        final MemberStatus leader = leaderHere(config);
        final long term = leader.leadershipTerm();
        if (config.members() == 1) {
            throw CommandFailure.failed("there is no other member to lead");
        }
        leader.ask(MemberStatus.Request.STEP_DOWN);
        await(
                "the election",
                () ->
                        statuses(config).stream()
                                .anyMatch(
                                        status ->
                                                status.isAlive()
                                                        && status.leadershipTerm() > term));
        out().println("member " + leader.member() + " stepped down");
        return leader();
    }

    @Command(
            name = "verify",
            description = {
                "Compare the content of the members of this host at one position of the log.",
                "Stops the members for as long as reading everything takes. Exit code 1 if they differ."
            })
    int verify() {
        final ClusterConfig config = config();
        final List<MemberStatus> alive =
                statuses(config).stream().filter(MemberStatus::isAlive).toList();
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext().config(config).group(group))) {
            final long checksum = client.contentChecksum();
            final long position = client.position();
            boolean same = true;
            for (final MemberStatus status : alive) {
                await(
                        "the checksum of member " + status.member(),
                        () -> status.checksumPosition() >= position);
                final boolean isSame = status.checksum() == checksum;
                same &= isSame;
                out().printf(
                                Locale.ROOT,
                                "member %d: %016x, %d entries%s%n",
                                status.member(),
                                status.checksum(),
                                status.checksumEntries(),
                                isSame ? "" : "  DIFFERS from the leader's");
            }
            out().println(
                            (same ? "the same" : "NOT the same")
                                    + " on "
                                    + alive.size()
                                    + " members at position "
                                    + position);
            return same ? 0 : 1;
        }
    }
}
