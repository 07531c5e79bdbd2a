package io.stoat.replication;

import io.stoat.store.Store;
import io.stoat.store.StoreException;
import io.stoat.store.StoreWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.agrona.IoUtil;

/**
 * The shards of a process's members: one data directory, in which each group's member writes the
 * shards of its group and no others. Stays open while a group's member ends and is launched again.
 *
 * <p>Remembers what the members left, see {@link ResumePoint}: in memory for one that is launched
 * again, in a file, written once the shards are closed, for the next process.
 *
 * <p>A group's writer belongs to the thread of that group's service; the rest is called by the
 * thread that launches and closes members.
 */
public final class MemberStore implements AutoCloseable {
    private final Store store;
    private final StoreWriter[] writers;
    private final Left[] left;
    private final boolean[] joined;
    private ResumeCheck check;
    private volatile String damage;

    private record Left(Path memberDir, String logId, ResumePoint resumePoint) {}

    private MemberStore(final Store store, final int groups) {
        this.store = store;
        writers = new StoreWriter[groups];
        for (int group = 0; group < groups; group++) {
            writers[group] = store.newWriter(group, groups);
        }
        left = new Left[groups];
        joined = new boolean[groups];
    }

    /**
     * Opens the data directory of a process's members; one that cannot be opened is put aside, and
     * a new one is made: its content follows from the groups' logs.
     *
     * @param config of the cluster.
     * @param member number of the process's members.
     * @return the store.
     * @throws StoreException when the directory cannot be used, or another process has it.
     */
    public static MemberStore open(final ClusterConfig config, final int member) {
        final Path dataDir = config.dataDir(member);
        try {
            return new MemberStore(Store.open(config.storeContext(member)), config.groups());
        } catch (final StoreException unusable) {
            if (!Files.exists(dataDir)) {
                throw unusable;
            }
            putAside(dataDir);
            try {
                return new MemberStore(Store.open(config.storeContext(member)), config.groups());
            } catch (final StoreException again) {
                again.addSuppressed(unusable);
                throw again;
            }
        }
    }

    private static void putAside(final Path dataDir) {
        final Path parent = dataDir.toAbsolutePath().getParent();
        final String prefix = dataDir.getFileName() + "-aside-";
        try {
            try (DirectoryStream<Path> old = Files.newDirectoryStream(parent, prefix + "*")) {
                old.forEach(path -> IoUtil.delete(path.toFile(), true));
            }
            Files.move(dataDir, parent.resolve(prefix + System.currentTimeMillis()));
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot put " + dataDir + " aside", ex);
        }
    }

    StoreWriter writer(final int group) {
        return writers[group];
    }

    Path dataDir() {
        return store.context().dataDir();
    }

    /** Identity of this opening of the data directory, never 0. */
    long id() {
        return store.ownerId();
    }

    private int shards() {
        return store.shardMap().shardCount();
    }

    /** Whether all shards of a group are at a position of its log. */
    boolean isAt(final int group, final long position) {
        final StoreWriter writer = writers[group];
        for (int shard = 0; shard < shards(); shard++) {
            if (writer.owns(shard) && writer.appliedPosition(shard) != position) {
                return false;
            }
        }
        return true;
    }

    /**
     * What a group's last member left here or, for the process's first one, in its file; null when
     * the shards are to be rebuilt.
     */
    ResumePoint takeResumePoint(final int group, final Path memberDir, final String logId)
            throws IOException {
        if (!joined[group]) {
            joined[group] = true;
            final ResumePoint inFile = ResumePoint.take(memberDir, logId);
            return store.recovery().shards() == 0 ? inFile : null;
        }
        final Left last = left[group];
        left[group] = null;
        return last != null && !isDamaged() && last.logId().equals(logId)
                ? last.resumePoint()
                : null;
    }

    /**
     * Checks in the background, once, what another process left.
     *
     * @param onDamage told by the check's thread what was found; any group's service.
     */
    synchronized void check(final Consumer<String> onDamage) {
        if (check == null) {
            check = new ResumeCheck(dataDir(), onDamage);
            check.start();
        }
    }

    /** A group's member has ended, and where. */
    void leave(
            final int group,
            final Path memberDir,
            final String logId,
            final ResumePoint resumePoint) {
        left[group] = new Left(memberDir, logId, resumePoint);
    }

    /**
     * A shard was found damaged; any thread.
     *
     * @param finding what was found.
     */
    void damage(final String finding) {
        damage = finding;
    }

    /** What was found last; null when no shard was found damaged. */
    String damage() {
        return damage;
    }

    /**
     * @return whether a shard was found damaged: to be closed, once all members are, and opened
     *     again, which checks every shard; any thread.
     */
    public boolean isDamaged() {
        return damage != null;
    }

    private synchronized void stopCheck() {
        if (check != null) {
            check.stop();
        }
    }

    /** Closes the shards, then notes what the members left; all members have to be closed. */
    @Override
    public void close() {
        stopCheck();
        store.close();
        if (isDamaged()) {
            return;
        }
        for (final Left last : left) {
            if (last != null) {
                try {
                    last.resumePoint().write(last.memberDir(), last.logId());
                } catch (final IOException ex) {
                    throw new UncheckedIOException(
                            "cannot note the end of the member in " + last.memberDir(), ex);
                }
            }
        }
    }
}
