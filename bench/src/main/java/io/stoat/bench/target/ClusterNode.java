package io.stoat.bench.target;

import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.bench.rig.Recorder;
import io.stoat.bench.workload.Workload;
import io.stoat.replication.MemberKeeper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;

/**
 * A cluster of three member processes for one run. A member that died is started again after a
 * while. Ends when its standard input does, and its members with it.
 */
public final class ClusterNode implements AutoCloseable {
    private static final long RESTART_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(2_000);
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long END_TIMEOUT_S = 20;

    private final Path file;

    /** One a member, or none. */
    private final List<ThreadPlan> plans;

    private final ClusterFiles files;
    private final Process[] members = new Process[ClusterFiles.MEMBERS];
    private final long[] diedNs = new long[ClusterFiles.MEMBERS];
    private boolean closed;

    private ClusterNode(final Path file, final List<ThreadPlan> plans) {
        this.file = file;
        this.plans = plans;
        files = new ClusterFiles(file);
    }

    static List<String> command(final RunContext context, final String address, final String plan) {
        final Workload workload = context.workload();
        return List.of(
                NodeLauncher.JAVA,
                ClusterNode.class.getName(),
                context.directory().toString(),
                address,
                String.valueOf(Math.max(1_000, context.capacity())),
                String.valueOf(workload.valueLength()),
                ClusterFiles.heartbeatTimeoutMs(context.options()),
                ClusterFiles.electionTimeoutMs(context.options()),
                plan,
                String.valueOf(context.clients()));
    }

    /**
     * Runs a cluster.
     *
     * @param args directory, first port, entries, longest value in bytes, heartbeat and election
     *     time-out in ms, thread plan, clients.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final Path directory = Path.of(args[0]);
        final Path file =
                ClusterFiles.write(
                        directory,
                        ClusterFiles.lines(directory, args[1], args[2], args[3], args[4], args[5]));
        final List<ThreadPlan> plans =
                ClusterThreads.of(args[6], Integer.parseInt(args[7]), Topology.read());
        try (ClusterNode node = new ClusterNode(file, plans)) {
            // an interrupt of the whole group reaches this process, too
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "end-members"));
            final Thread keeper = new Thread(node::keep, "members");
            keeper.setDaemon(true);
            keeper.start();
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Starts the members, says when all of them live, and starts those again that die. */
    private void keep() {
        boolean isReady = false;
        while (keepOnce()) {
            if (!isReady && files.leader() >= 0 && allLive()) {
                isReady = true;
                System.out.println(StoatNode.READY);
            }
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
    }

    private boolean allLive() {
        for (int member = 0; member < members.length; member++) {
            if (!files.isLive(member)) {
                return false;
            }
        }
        return true;
    }

    private synchronized boolean keepOnce() {
        for (int member = 0; member < members.length && !closed; member++) {
            final long nowNs = System.nanoTime();
            if (members[member] == null) {
                start(member);
            } else if (members[member].isAlive()) {
                diedNs[member] = 0;
            } else if (diedNs[member] == 0) {
                diedNs[member] = nowNs;
            } else if (nowNs - diedNs[member] > RESTART_DELAY_NS) {
                start(member);
            }
        }
        return !closed;
    }

    private void start(final int member) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String options = System.getProperty("stoat.jvm.options");
        if (options != null) {
            command.add("@" + options);
        }
        final String recordings = System.getProperty(Recorder.DIRECTORY_PROPERTY);
        if (recordings != null) {
            command.addAll(Recorder.flags(Path.of(recordings), "member-" + member));
        }
        command.addAll(
                List.of(
                        "-Xms64m",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterMember.class.getName(),
                        file.toString(),
                        String.valueOf(member),
                        plans.isEmpty() ? ThreadPlan.OFF : plans.get(member).toString()));
        try {
            members[member] =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            file.resolveSibling("member-" + member + ".log")
                                                    .toFile()))
                            .start();
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot start member " + member, ex);
        }
    }

    /** Ends the members: by the end of their input, then SIGKILL. */
    @Override
    public synchronized void close() {
        closed = true;
        for (final Process member : members) {
            if (member != null) {
                CloseHelper.quietClose(member.getOutputStream());
            }
        }
        for (int member = 0; member < members.length; member++) {
            if (members[member] != null) {
                end(members[member]);
                IoUtil.delete(
                        MemberKeeper.aeronDirectory(files.config(), 0, member).toFile(), true);
            }
        }
    }

    private static void end(final Process process) {
        try {
            if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END_TIMEOUT_S, TimeUnit.SECONDS);
            }
        } catch (final InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
