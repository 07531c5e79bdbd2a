package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ContentSum;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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
    /** The members of other hosts report through the log, which takes each a session. */
    private static final long OTHERS_NS = TimeUnit.SECONDS.toNanos(15);

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
            description = "Only this group (default: all).")
    private Integer group;

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
        if (group != null && (group < 0 || group >= config.groups())) {
            throw CommandFailure.usage(
                    "--group=" + group + ": the cluster has groups 0 to " + (config.groups() - 1));
        }
        return config;
    }

    /** The groups that the command is for. */
    List<LocalMembers> groups(final ClusterConfig config) {
        return IntStream.range(0, config.groups())
                .filter(number -> group == null || group == number)
                .mapToObj(number -> new LocalMembers(config, number))
                .toList();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "status",
            description = "Show what each member of this host does and how far it is.")
    int status() {
        final ClusterConfig config = config();
        final boolean hasGroups = config.groups() > 1;
        out().printf(
                        Locale.ROOT,
                        "%s%-7s %-9s %-9s %-5s %14s %8s %14s %14s %9s %s%n",
                        hasGroups ? "group " : "",
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
        int fewest = config.members();
        for (final LocalMembers members : groups(config)) {
            final List<MemberStatus> all = members.all();
            for (final MemberStatus status : all) {
                out().print(hasGroups ? String.format(Locale.ROOT, "%-6d", members.group()) : "");
                print(status);
            }
            fewest = Math.min(fewest, (int) all.stream().filter(MemberStatus::isAlive).count());
        }
        out().println(
                        fewest
                                + " of "
                                + config.members()
                                + " members run on this host; "
                                + config.quorum()
                                + " are needed to write");
        return fewest > 0 ? 0 : 1;
    }

    private void print(final MemberStatus status) {
        final boolean isAlive = status.isAlive();
        final long ageMs = System.currentTimeMillis() - status.appliedTimeMs();
        out().printf(
                        Locale.ROOT,
                        "%-7d %-9s %-9s %-5d %14d %8s %14d %14d %9d %d%n",
                        status.member(),
                        stateOf(status),
                        !isAlive ? "-" : status.isLeader() ? "leader" : "follower",
                        status.leadershipTerm(),
                        status.appliedPosition(),
                        status.appliedTimeMs() == 0 ? "-" : ageMs + " ms",
                        status.snapshotPosition(),
                        status.logStartPosition(),
                        status.elections(),
                        status.pid());
    }

    /** A process that lives launches a closed member again. */
    private static String stateOf(final MemberStatus status) {
        return status.isProcessAlive()
                ? status.state().name().toLowerCase(Locale.ROOT)
                : status.state() == MemberStatus.State.CLOSED ? "closed" : "dead";
    }

    @Command(
            name = "leader",
            description = {
                "Print the number of the member that leads; with several groups, a line for each."
            })
    int leader() {
        for (final LocalMembers members : groups(config())) {
            out().println((group == null ? members.name() : "") + members.leader());
        }
        return 0;
    }

    @Command(
            name = "snapshot",
            description = "Make all members take a snapshot now; to be asked on the leader's host.")
    int snapshot() {
        for (final LocalMembers members : groups(config())) {
            final MemberStatus leader = members.leaderHere();
            final long before = leader.snapshotPosition();
            leader.ask(MemberStatus.Request.SNAPSHOT);
            LocalMembers.await(
                    members.name() + "the snapshot", () -> leader.snapshotPosition() > before);
            out().println(
                            members.name()
                                    + "snapshot at position "
                                    + leader.snapshotPosition()
                                    + ", pause "
                                    + TimeUnit.NANOSECONDS.toMicros(leader.snapshotPauseNs())
                                    + " us, copied in "
                                    + TimeUnit.NANOSECONDS.toMillis(leader.snapshotCopyNs())
                                    + " ms");
        }
        return 0;
    }

    @Command(
            name = "step-down",
            description = {
                "Make the leader let another member lead; to be asked on its host. Of several groups, name one."
            })
    int stepDown() {
        final ClusterConfig config = config();
        if (config.members() == 1) {
            throw CommandFailure.failed("there is no other member to lead");
        }
        if (config.groups() > 1 && group == null) {
            throw CommandFailure.usage(
                    "--group N is missing: the cluster has groups 0 to " + (config.groups() - 1));
        }
        final LocalMembers members = groups(config).get(0);
        final MemberStatus leader = members.leaderHere();
        final long term = leader.leadershipTerm();
        final int number = leader.member();
        leader.ask(MemberStatus.Request.STEP_DOWN);
        LocalMembers.await("the election", () -> members.leaderAfter(term).isPresent());
        out().println(members.name() + "member " + number + " stepped down");
        return leader();
    }

    @Command(
            name = "verify",
            description = {
                "Compare the content of all members with the leader's, at one position of each group's log; those of other hosts",
                "report theirs to a live member of this one. Stops the members for as long as reading everything takes. Exit code",
                "0 only if all members were compared and are the same."
            })
    int verify(
            @Option(
                            names = "--here",
                            description =
                                    "Compare only the members of this host with the leader, and be content with these.")
                    final boolean here) {
        final ClusterConfig config = config();
        boolean isPassed = true;
        try (ReplicatedClient client =
                ReplicatedClient.connect(new ReplicatedClientContext().config(config))) {
            for (final LocalMembers members : groups(config)) {
                isPassed &= verify(members, client, config.members(), here);
            }
        }
        return isPassed ? 0 : 1;
    }

    private boolean verify(
            final LocalMembers members,
            final ReplicatedClient client,
            final int all,
            final boolean here) {
        final SortedMap<Integer, Supplier<ContentSum>> noted = new TreeMap<>();
        for (final MemberStatus status : members.alive()) {
            noted.put(status.member(), status::contentSum);
        }
        final ContentComparison.Result result =
                new ContentComparison(
                                noted,
                                here ? new TreeMap<>() : reported(members, noted.keySet(), all),
                                OTHERS_NS,
                                () -> {
                                    final long sum = client.contentChecksum(members.group());
                                    return new ContentSum(client.position(), sum, client.entries());
                                })
                        .compare();
        final int leader = client.shardMap().leader(members.group());
        print(members.name(), result);
        final int compared = result.compared(leader);
        out().println(
                        members.name()
                                + (result.isSame() ? "the same" : "NOT the same")
                                + " on "
                                + compared
                                + " of "
                                + all
                                + " members at position "
                                + result.leader().position()
                                + (compared == all
                                        ? ""
                                        : notCompared(result.missing(leader, all), here)));
        return result.isSame() && (here || compared == all);
    }

    private static String notCompared(final List<Integer> missing, final boolean here) {
        return "; not compared: "
                + missing
                + (here
                        ? ", which do not run on this host"
                        : ", which neither run on this host nor reported theirs in "
                                + TimeUnit.NANOSECONDS.toSeconds(OTHERS_NS)
                                + " s: start them, or run 'stoat cluster verify --here' on their"
                                + " hosts");
    }

    /** What a member of this host knows of those that do not run here. */
    private static SortedMap<Integer, Supplier<ContentSum>> reported(
            final LocalMembers members, final Set<Integer> ofThisHost, final int all) {
        final SortedMap<Integer, Supplier<ContentSum>> reported = new TreeMap<>();
        final MemberStatus witness = members.witness().orElse(null);
        for (int i = 0; i < all && witness != null; i++) {
            final int member = i;
            if (!ofThisHost.contains(member)) {
                reported.put(member, () -> witness.reportedSum(member));
            }
        }
        return reported;
    }

    private void print(final String name, final ContentComparison.Result result) {
        result.members()
                .forEach(
                        (member, sum) ->
                                out().printf(
                                                Locale.ROOT,
                                                "%smember %d: %016x, %d entries%s%n",
                                                name,
                                                member,
                                                sum.checksum(),
                                                sum.entries(),
                                                result.isSame(member)
                                                        ? ""
                                                        : "  DIFFERS from the leader's"));
    }
}
