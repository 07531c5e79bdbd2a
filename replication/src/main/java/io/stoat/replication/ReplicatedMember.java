package io.stoat.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * A running member of a group of a cluster: media driver, archive, consensus module and the service
 * that owns the group's shards, all in this JVM. Everything about it follows from {@link
 * ClusterConfig} and its numbers.
 *
 * <p>When the member ends by itself ({@link #isTerminated()}: it was asked to step down, its log
 * fell behind what the others keep, or an error) it is to be closed and launched again: it then
 * resumes, is rebuilt, or fetches what it lacks from the others.
 */
public final class ReplicatedMember implements AutoCloseable {
    private static final long DUTY_INTERVAL_MS = 10;

    private final MemberContext context;
    private final MemberDirectories directories;
    private final OwnMemberStatus status;
    private final AtomicBoolean terminated = new AtomicBoolean();
    private final MemberEngine engine;
    private MemberStore store;
    private ReplicatedStoreService service;
    private AgentRunner duty;
    private boolean closed;

    private ReplicatedMember(final MemberContext context, final MemberDirectories directories) {
        this.context = context;
        this.directories = directories;
        status = OwnMemberStatus.own(directories.memberDir(), context.member());
        engine = new MemberEngine(context, directories);
    }

    /**
     * Starts the member: returns when its parts run, which is before there is a leader.
     *
     * @param context settings; concluded here.
     * @return the member.
     * @throws ReplicationException naming setting, value and mend: another process is this member,
     *     a port is in use, a directory cannot be used, a setting from which contents follow is
     *     another one in a member that runs, no snapshot is whole.
     */
    public static ReplicatedMember launch(final MemberContext context) {
        context.conclude();
        final MemberDirectories directories =
                MemberDirectories.own(context.config(), context.group(), context.member());
        ReplicatedMember member = null;
        try {
            member = new ReplicatedMember(context, directories);
            member.start();
            return member;
        } catch (final IOException ex) {
            CloseHelper.quietClose(member);
            CloseHelper.quietClose(directories);
            throw new UncheckedIOException(
                    "member " + context.member() + " cannot use " + directories.memberDir(), ex);
        } catch (final RuntimeException ex) {
            CloseHelper.quietClose(member);
            CloseHelper.quietClose(directories);
            throw ex;
        }
    }

    private void start() throws IOException {
        final long launchedMs = System.currentTimeMillis();
        status.heartbeat(launchedMs);
        engine.startLog();
        final LogPreparation preparation = new LogPreparation(context, directories, status, engine);
        preparation.fetchWhenMissing();
        directories.noteBoot();
        store =
                context.store() == null
                        ? MemberStore.open(context.config(), context.member())
                        : context.store();
        final ResumePoint left =
                store.takeResumePoint(
                        context.group(), directories.memberDir(), directories.logId());
        final boolean isLeft = left != null && store.isAt(context.group(), left.position());
        final boolean isFetched = preparation.settleSnapshot(isLeft ? left : null);
        preparation.showSettings();
        final SnapshotProgress progress = new SnapshotProgress();
        service =
                new ReplicatedStoreService(
                        context,
                        store,
                        status,
                        progress,
                        engine::localArchive,
                        isFetched ? null : left,
                        this::onDamage);
        engine.startService(service, this::terminate);
        duty =
                new AgentRunner(
                        new SleepingMillisIdleStrategy(DUTY_INTERVAL_MS),
                        context.errorHandler(),
                        null,
                        new MemberDuty(
                                context,
                                directories,
                                status,
                                engine.localArchive(),
                                launchedMs,
                                progress,
                                store,
                                this::terminate));
        AgentRunner.startOnThread(duty, ReplicatedMember::daemon);
    }

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task, "stoat-member-duty");
        thread.setDaemon(true);
        return thread;
    }

    /** Any thread, also after this member has ended: the duty of whichever runs notices. */
    private void onDamage(final String finding) {
        store.damage(finding);
        context.errorHandler()
                .onError(
                        new ReplicationException(
                                "a shard of "
                                        + store.dataDir()
                                        + " is damaged, and is rebuilt from snapshot and log: "
                                        + finding));
    }

    private void terminate() {
        terminated.set(true);
        context.onTerminated().run();
    }

    /**
     * @return whether the member ended by itself; any thread.
     */
    public boolean isTerminated() {
        return terminated.get();
    }

    /**
     * @return the member's state, readable by any thread until {@link #close()}.
     */
    public MemberStatus status() {
        return status;
    }

    /**
     * @return data directory, which other processes of the host may read.
     */
    public Path dataDir() {
        return store.dataDir();
    }

    /**
     * @return directory of the member's media driver.
     */
    public Path aeronDirectory() {
        return directories.aeronDir();
    }

    /** Stops the member; cleanly, if it works: the next start then resumes where it ends. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (service != null) {
            // while the archive still answers, and before anything that the copier uses is closed
            service.stopSnapshots();
        }
        CloseHelper.quietCloseAll(duty, engine);
        try {
            if (store != null) {
                final ResumePoint resumePoint =
                        service == null || !engine.hasService() ? null : service.resumePoint();
                if (resumePoint != null) {
                    store.leave(
                            context.group(),
                            directories.memberDir(),
                            directories.logId(),
                            resumePoint);
                }
                if (resumePoint == null || store.isDamaged()) {
                    status.store(0);
                }
                if (context.store() == null) {
                    store.close();
                }
            }
        } catch (final IOException ex) {
            context.errorHandler().onError(ex);
        } finally {
            status.state(MemberStatus.State.CLOSED);
            status.close();
            directories.close();
        }
    }
}
