package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberKeeper;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.agrona.IoUtil;

/**
 * Members of a cluster as child processes of this one, on loopback, in a temporary directory: can
 * be killed, stopped and started again. Closing it ends them and removes everything.
 */
public final class ClusterProcesses implements AutoCloseable {
    private static final long AWAIT_NS = TimeUnit.MINUTES.toNanos(4);

    private final NetworkNamespaces network;
    private final Path dir;
    private final Path file;
    private final ClusterConfig config;
    private final Process[] processes;
    private final List<Long> stopped = new ArrayList<>();
    private final Thread cleaner = new Thread(this::endAndRemove, "stoat-cluster-clean-up");
    private IntFunction<List<String>> options = member -> List.of();

    /**
     * Makes the directory and its configuration; starts nothing yet.
     *
     * @param members number of members.
     * @param settings further lines of the configuration.
     */
    public ClusterProcesses(final int members, final List<String> settings) {
        this(members, settings, null);
    }

    /**
     * As {@link #ClusterProcesses(int, List)}, with each member in a network namespace of its own.
     *
     * @param members number of members.
     * @param settings further lines of the configuration.
     * @param network of the members, or null for loopback.
     */
    public ClusterProcesses(
            final int members, final List<String> settings, final NetworkNamespaces network) {
        this.network = network;
        file = ClusterFile.create(members, settings, network);
        dir = file.getParent();
        config = ClusterConfig.read(file);
        processes = new Process[members];
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /**
     * @return configuration of the cluster.
     */
    public ClusterConfig config() {
        return config;
    }

    /**
     * Gives the members' JVMs further options, from each one's next start on.
     *
     * @param ofMember options for a member's number.
     */
    public void options(final IntFunction<List<String>> ofMember) {
        options = ofMember;
    }

    /** Starts all members and waits until one leads, of each group. */
    public void startAll() {
        for (int member = 0; member < processes.length; member++) {
            start(member);
        }
        for (int group = 0; group < config.groups(); group++) {
            awaitLeader(group);
        }
    }

    /**
     * Starts a member that does not run.
     *
     * @param member number.
     */
    public void start(final int member) {
        start(member, List.of());
    }

    /**
     * Starts a member that does not run, in an unusual way.
     *
     * @param member number.
     * @param prefix words before its command line.
     */
    public void start(final int member, final List<String> prefix) {
        final List<String> words = new ArrayList<>();
        if (network != null) {
            words.addAll(network.prefix(member));
        }
        words.addAll(prefix);
        processes[member] =
                MemberProcess.start(file, member, words, options.apply(member), log(member));
    }

    private Path log(final int member) {
        return dir.resolve("member-" + member + ".log");
    }

    /**
     * SIGKILL.
     *
     * @param member number.
     */
    public void kill(final int member) {
        if (processes[member] != null) {
            stopped.remove(processes[member].pid());
            MemberProcess.end(processes[member]);
        }
    }

    /**
     * SIGSTOP: the process stands still.
     *
     * @param member number.
     */
    public void pause(final int member) {
        stopped.add(processes[member].pid());
        MemberProcess.signal("STOP", processes[member].pid());
    }

    /**
     * SIGCONT: the process goes on.
     *
     * @param member number.
     */
    public void resume(final int member) {
        stopped.remove(processes[member].pid());
        MemberProcess.signal("CONT", processes[member].pid());
    }

    /**
     * @param member number.
     * @return whether its process runs (a paused one does).
     */
    public boolean isRunning(final int member) {
        return processes[member] != null && processes[member].isAlive();
    }

    /**
     * Removes everything that a member that does not run has on the disk.
     *
     * @param member number.
     */
    public void wipe(final int member) {
        for (int group = 0; group < config.groups(); group++) {
            IoUtil.delete(config.memberDir(group, member).toFile(), true);
        }
        IoUtil.delete(config.dataDir(member).toFile(), true);
    }

    /**
     * @return number of the member that leads the only group, or group 0, or -1.
     */
    public int leader() {
        return leader(0);
    }

    /**
     * @param group number.
     * @return number of the member that leads the group, or -1.
     */
    public int leader(final int group) {
        for (int member = 0; member < processes.length; member++) {
            if (isRunning(member) && !stopped.contains(processes[member].pid())) {
                try (MemberStatus status = MemberStatus.attach(config.memberDir(group, member))) {
                    if (status.pid() == processes[member].pid()
                            && status.state() == MemberStatus.State.LIVE
                            && status.isLeader()) {
                        return member;
                    }
                } catch (final ReplicationException notYet) {
                    // it is just starting
                }
            }
        }
        return -1;
    }

    /**
     * Waits for a leader.
     *
     * @return its number.
     */
    public int awaitLeader() {
        return awaitLeader(0);
    }

    /**
     * Waits for a group's leader.
     *
     * @param group number.
     * @return the leader's number.
     */
    public int awaitLeader(final int group) {
        await("a leader of group " + group, () -> leader(group) >= 0);
        return leader(group);
    }

    /**
     * Waits for a condition.
     *
     * @param what for the message when it does not come.
     * @param condition to wait for.
     */
    public void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw CommandFailure.failed("no " + what + " in time; members say:\n" + logs());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Waits until every member runs, has caught up and knows the leader. */
    public void awaitAllLive() {
        for (int member = 0; member < processes.length; member++) {
            final int number = member;
            await("life in member " + member, () -> isLive(number));
        }
    }

    private boolean isLive(final int member) {
        for (int group = 0; group < config.groups(); group++) {
            if (!isLive(group, member)) {
                return false;
            }
        }
        return true;
    }

    private boolean isLive(final int group, final int member) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(group, member))) {
            return isRunning(member)
                    && status.pid() == processes[member].pid()
                    && status.state() == MemberStatus.State.LIVE;
        } catch (final ReplicationException notYet) {
            return false;
        }
    }

    /**
     * Waits until every running member has applied a position.
     *
     * @param position of the log.
     */
    public void awaitApplied(final long position) {
        awaitApplied(0, position);
    }

    /**
     * Waits until a group's member in every running process has applied a position.
     *
     * @param group number.
     * @param position of the group's log.
     */
    public void awaitApplied(final int group, final long position) {
        for (int member = 0; member < processes.length; member++) {
            if (isRunning(member)) {
                try (MemberStatus status = MemberStatus.attach(config.memberDir(group, member))) {
                    await(
                            "position " + position + " on member " + member,
                            () -> status.appliedPosition() >= position);
                }
            }
        }
    }

    /**
     * @return the members' network, or null for loopback.
     */
    public NetworkNamespaces network() {
        return network;
    }

    /**
     * @return address at which members reach a client of this process.
     */
    public String clientHost() {
        return network == null ? "127.0.0.1" : NetworkNamespaces.clientAddress();
    }

    /**
     * @param member number.
     * @return its process; the namespaces of files and network are its own.
     */
    public long pid(final int member) {
        return processes[member].pid();
    }

    /** What the members printed last. */
    String logs() {
        final StringBuilder all = new StringBuilder();
        for (int member = 0; member < processes.length; member++) {
            final String log = output(member);
            all.append("member ")
                    .append(member)
                    .append(":\n")
                    .append(log.substring(Math.max(0, log.length() - 2_000)));
        }
        return all.toString();
    }

    /**
     * @param member number.
     * @return all that it has printed, since its first start; empty for nothing.
     */
    public String output(final int member) {
        try {
            return Files.readString(log(member));
        } catch (final IOException itPrintedNothing) {
            return "";
        }
    }

    /** Ends the members and removes all that they have. */
    @Override
    public void close() {
        endAndRemove();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (final IllegalStateException ending) {
            // the hook has run, or is about to
        }
    }

    private synchronized void endAndRemove() {
        for (final Process process : processes) {
            if (process != null) {
                MemberProcess.end(process);
            }
        }
        for (int member = 0; member < processes.length; member++) {
            for (int group = 0; group < config.groups(); group++) {
                IoUtil.delete(MemberKeeper.aeronDirectory(config, group, member).toFile(), true);
            }
        }
        IoUtil.delete(dir.toFile(), true);
    }
}
