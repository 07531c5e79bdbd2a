package io.stoat.replication;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.agrona.CloseHelper;

/**
 * Keeps a process's members running, one of each group, until it is closed: a member that ends by
 * itself, because it stepped down or hit an error, is closed and launched again, which resumes it,
 * rebuilds it, or fetches what it lacks from the others. Meanwhile those of the other groups go on;
 * only when a shard was found damaged are all closed, so that the shards are opened and checked
 * anew.
 */
public final class MemberKeeper implements AutoCloseable {
    private final ClusterConfig config;
    private final int number;
    private final IntFunction<MemberContext> contexts;
    private final Consumer<String> news;
    private final Object monitor = new Object();
    private final Thread thread;
    private final Kept[] members;
    private MemberStore store;
    private int damages;
    private boolean isClosing;

    /** A group's member: null while it does not run. */
    private static final class Kept {
        private ReplicatedMember member;
        private Object launch;
        private boolean isTerminated;
        private final RelaunchPause pause = new RelaunchPause();
        private long launchedNs;
        private long nextLaunchNs;
    }

    private MemberKeeper(
            final ClusterConfig config,
            final int number,
            final IntFunction<MemberContext> contexts,
            final Consumer<String> news) {
        this.config = config;
        this.number = number;
        this.contexts = contexts;
        this.news = news;
        members = new Kept[config.groups()];
        for (int group = 0; group < members.length; group++) {
            members[group] = new Kept();
        }
        thread = new Thread(this::keep, "stoat-member-keeper");
    }

    /**
     * Launches the members of all groups and keeps them running.
     *
     * @param config of the cluster.
     * @param number of the process's members.
     * @param contexts makes, for a group, what a launch needs beyond config, numbers and store:
     *     handlers and threads; {@link MemberContext#onTerminated} is the keeper's.
     * @param news told, by the keeper's thread, in a line why a member is launched again.
     * @return the keeper.
     * @throws ReplicationException when the first launch fails.
     */
    public static MemberKeeper keep(
            final ClusterConfig config,
            final int number,
            final IntFunction<MemberContext> contexts,
            final Consumer<String> news) {
        final MemberKeeper keeper = new MemberKeeper(config, number, contexts, news);
        try {
            config.host(number);
            keeper.store = MemberStore.open(config, number);
            for (int group = 0; group < keeper.members.length; group++) {
                keeper.launch(group);
            }
        } catch (final RuntimeException ex) {
            keeper.closeAll();
            throw ex;
        }
        keeper.thread.start();
        return keeper;
    }

    private void launch(final int group) {
        final Kept kept = members[group];
        final Object launch = new Object();
        synchronized (monitor) {
            kept.launch = launch;
            kept.isTerminated = false;
        }
        kept.launchedNs = System.nanoTime();
        kept.member =
                ReplicatedMember.launch(
                        contexts.apply(group)
                                .config(config)
                                .group(group)
                                .member(number)
                                .store(store)
                                .onTerminated(() -> onTerminated(kept, launch)));
    }

    /** Also called while a member that has ended is closed: that counts no more. */
    private void onTerminated(final Kept kept, final Object launch) {
        synchronized (monitor) {
            if (kept.launch == launch) {
                kept.isTerminated = true;
                monitor.notifyAll();
            }
        }
    }

    private void keep() {
        while (awaitWork()) {
            final long nowNs = System.nanoTime();
            for (final Kept kept : members) {
                if (takeTerminated(kept)) {
                    retire(kept, nowNs);
                }
            }
            if (store == null || store.isDamaged()) {
                reopenStore(nowNs);
            }
            for (int group = 0; group < members.length && store != null; group++) {
                if (members[group].member == null && nowNs - members[group].nextLaunchNs >= 0) {
                    launchAgain(group);
                }
            }
        }
        closeAll();
    }

    private boolean takeTerminated(final Kept kept) {
        synchronized (monitor) {
            final boolean was = kept.isTerminated;
            kept.isTerminated = false;
            return was;
        }
    }

    private void retire(final Kept kept, final long nowNs) {
        synchronized (monitor) {
            kept.launch = null;
        }
        if (kept.member != null) {
            CloseHelper.quietClose(kept.member);
            kept.member = null;
            final long pauseNs = kept.pause.after(nowNs - kept.launchedNs);
            kept.nextLaunchNs = nowNs + Math.max(pauseNs, electionNs());
        }
    }

    /**
     * Time in which the others, if there are any, elect a leader. One that led and ended may have
     * more in its log than they have: were it back before, it would be elected again, and again
     * when it gives way.
     */
    private long electionNs() {
        return config.members() == 1
                ? 0
                : 2 * (config.heartbeatTimeoutNs() + config.electionTimeoutNs());
    }

    private void reopenStore(final long nowNs) {
        if (store != null) {
            damages++;
            news.accept(damageNews());
        }
        for (final Kept kept : members) {
            retire(kept, nowNs);
        }
        CloseHelper.quietClose(store);
        store = null;
        try {
            store = MemberStore.open(config, number);
        } catch (final RuntimeException ex) {
            news.accept("the shards cannot be opened, another try follows: " + ex.getMessage());
            for (final Kept kept : members) {
                kept.nextLaunchNs = nowNs + RelaunchPause.LONGEST_NS;
            }
        }
    }

    private String damageNews() {
        final String damage =
                "a shard of "
                        + store.dataDir()
                        + " is damaged ("
                        + store.damage()
                        + "): all members are rebuilt or resumed";
        return damages == 1
                ? damage
                : damage
                        + ". That was damage number "
                        + damages
                        + " since this process started: its disk or memory may be failing; look"
                        + " into the kernel's log, then move dir="
                        + config.dir()
                        + " to another disk, or this member to another host";
    }

    private void launchAgain(final int group) {
        final Kept kept = members[group];
        try {
            launch(group);
            news.accept("the member of group " + group + " is running again");
        } catch (final RuntimeException ex) {
            news.accept(
                    "the member of group "
                            + group
                            + " does not start, another try follows: "
                            + ex.getMessage());
            kept.nextLaunchNs = System.nanoTime() + kept.pause.after(0);
        }
    }

    /** True: a member ended by itself, or is due; false: the keeper is being closed. */
    private boolean awaitWork() {
        synchronized (monitor) {
            while (!isClosing && !isAnyTerminated()) {
                final long waitNs = nextLaunchNs();
                if (waitNs <= 0) {
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(monitor, waitNs);
                } catch (final InterruptedException ex) {
                    isClosing = true;
                }
            }
            return !isClosing;
        }
    }

    private boolean isAnyTerminated() {
        for (final Kept kept : members) {
            if (kept.isTerminated) {
                return true;
            }
        }
        return false;
    }

    /** Time until a member is to be launched. */
    private long nextLaunchNs() {
        long waitNs = TimeUnit.HOURS.toNanos(1);
        for (final Kept kept : members) {
            if (kept.member == null) {
                waitNs = Math.min(waitNs, kept.nextLaunchNs - System.nanoTime());
            }
        }
        return waitNs;
    }

    private void closeAll() {
        for (final Kept kept : members) {
            CloseHelper.quietClose(kept.member);
        }
        CloseHelper.quietClose(store);
    }

    /**
     * @param config of the cluster.
     * @param group of the member.
     * @param number of the member.
     * @return directory of the member's media driver, for clients of the same host.
     */
    public static Path aeronDirectory(
            final ClusterConfig config, final int group, final int number) {
        return io.stoat.transport.AeronDirectories.forDataDir(config.memberDir(group, number));
    }

    /** Stops the members cleanly. */
    @Override
    public void close() {
        synchronized (monitor) {
            isClosing = true;
            monitor.notifyAll();
        }
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
