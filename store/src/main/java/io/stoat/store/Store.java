package io.stoat.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * A store in its owner's JVM: embedded in an application, or inside a node. One process owns a data
 * directory; others read it with {@link StoreReader}.
 *
 * <p>Commands are called by one thread (the owner's). They allocate nothing and return a {@link
 * Status}; {@link #version()} then tells the version that was written, or the one that was found
 * when the command was refused. An acknowledged command is in the shared mapping: readers of the
 * host see it at once, and it survives the end of the process.
 */
public final class Store implements AutoCloseable {
    private static final long HEARTBEAT_INTERVAL_MS = 100;

    private final StoreContext context;
    private final EpochClock clock;
    private final StoreMark mark;
    private final Shard[] shards;
    private final AtomicReference<ShardMap> shardMap;
    private final RecoveryReport recovery;
    private AgentRunner heartbeatRunner;
    private long version;
    private boolean closed;

    private Store(
            final StoreContext context,
            final StoreMark mark,
            final Shard[] shards,
            final RecoveryReport recovery) {
        this.context = context;
        this.recovery = recovery;
        this.mark = mark;
        this.shards = shards;
        clock = context.epochClock();
        shardMap = new AtomicReference<>(new ShardMap(shards.length, mark.generation()));
        mark.signalOwner(ProcessHandle.current().pid(), clock.time());
        heartbeat();
        if (context.heartbeatThread()) {
            heartbeatRunner =
                    new AgentRunner(
                            new SleepingMillisIdleStrategy(HEARTBEAT_INTERVAL_MS),
                            Throwable::printStackTrace,
                            null,
                            new HeartbeatAgent(this));
            AgentRunner.startOnThread(
                    heartbeatRunner,
                    task -> {
                        final Thread thread = new Thread(task, HeartbeatAgent.ROLE_NAME);
                        thread.setDaemon(true);
                        return thread;
                    });
        }
    }

    /**
     * Opens a data directory as its owner; creates it, with all its space, when it is new.
     *
     * @param context settings; concluded here.
     * @return the store.
     * @throws StoreException naming file or setting, value and mend: the directory is owned by a
     *     live process, foreign, damaged or of another layout, the disk is too small, or a setting
     *     contradicts the directory.
     */
    public static Store open(final StoreContext context) {
        context.conclude();
        final Path dataDir = context.dataDir();
        prepareDirectory(dataDir);
        final StoreMark mark = StoreMark.own(dataDir);
        final RecoveryReport recovery = new RecoveryReport();
        final Shard[] shards;
        try {
            shards =
                    mark.isReady()
                            ? openShards(context, mark, recovery)
                            : createShards(context, mark);
        } catch (final RuntimeException ex) {
            mark.close();
            throw ex;
        }
        return new Store(context, mark, shards, recovery);
    }

    private static void prepareDirectory(final Path dataDir) {
        try {
            Files.createDirectories(dataDir);
            if (!Files.exists(dataDir.resolve(StoreMark.FILE_NAME))) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDir)) {
                    for (final Path file : files) {
                        if (file.endsWith(OwnerLock.FILE_NAME)) {
                            continue;
                        }
                        throw new StoreException(
                                "data directory "
                                        + dataDir
                                        + " is not empty and has no "
                                        + StoreMark.FILE_NAME
                                        + ": give a new or empty directory");
                    }
                }
            }
        } catch (final IOException ex) {
            throw new StoreException("cannot use data directory " + dataDir + ": " + ex, ex);
        }
    }

    private static Shard[] createShards(final StoreContext context, final StoreMark mark) {
        final Path dataDir = context.dataDir();
        final ShardSizing sizing = ShardSizing.of(context);
        final Shard[] shards = new Shard[context.shardCount()];
        requireNothingToLose(dataDir);
        try {
            ShardFiles.deleteShards(dataDir);
            requireRoom(context, sizing);
            ShardFiles.restrict(dataDir.resolve(StoreMark.FILE_NAME));
            for (int i = 0; i < shards.length; i++) {
                shards[i] = Shard.create(dataDir, i, 1, sizing, context.maxValueLength());
            }
            mark.signalCreated(shards.length, 1, context.entries(), context.maxValueLength());
            return shards;
        } catch (final IOException | RuntimeException ex) {
            CloseHelper.quietCloseAll(shards);
            try {
                ShardFiles.deleteShards(dataDir);
            } catch (final IOException suppressed) {
                ex.addSuppressed(suppressed);
            }
            throw ex instanceof StoreException known
                    ? known
                    : new StoreException(
                            "cannot create shards in "
                                    + dataDir
                                    + ": "
                                    + ex.getMessage()
                                    + "; free space there, or lower entries="
                                    + context.entries()
                                    + " or maxValueLength="
                                    + context.maxValueLength(),
                            ex);
        }
    }

    /** Files of a cut-off creation may go; files that commands were acknowledged to may not. */
    private static void requireNothingToLose(final Path dataDir) {
        for (int i = 0; Files.exists(ShardFiles.control(dataDir, i)); i++) {
            final Path file = ShardFiles.control(dataDir, i);
            final long position;
            try (ControlFile control = ControlFile.open(file, i, false)) {
                position = control.get(ControlDescriptor.APPLIED_POSITION_OFFSET);
            } catch (final StoreException cutOff) {
                continue;
            }
            if (position > 0) {
                throw new StoreException(
                        dataDir.resolve(StoreMark.FILE_NAME)
                                + " is empty, but "
                                + file
                                + " holds data: restore the mark file from a backup,"
                                + " or move the directory aside");
            }
        }
    }

    private static void requireRoom(final StoreContext context, final ShardSizing sizing)
            throws IOException {
        final long need = sizing.estimatedBytes() * context.shardCount();
        final long room = Files.getFileStore(context.dataDir()).getUsableSpace();
        if (need > room) {
            throw new StoreException(
                    "disk of "
                            + context.dataDir()
                            + " is too small: the shards need about "
                            + (need >> 20)
                            + " MiB and "
                            + (room >> 20)
                            + " MiB are free; free space, or lower entries="
                            + context.entries()
                            + " or maxValueLength="
                            + context.maxValueLength());
        }
    }

    private static Shard[] openShards(
            final StoreContext context, final StoreMark mark, final RecoveryReport recovery) {
        mark.requireReady();
        requireSame(
                context.hasShardCount(),
                "shardCount",
                context.shardCount(),
                mark.shardCount(),
                context);
        requireSame(context.hasEntries(), "entries", context.entries(), mark.entries(), context);
        requireSame(
                context.hasMaxValueLength(),
                "maxValueLength",
                context.maxValueLength(),
                mark.maxValueLength(),
                context);
        final StoreContext stored =
                new StoreContext()
                        .dataDir(context.dataDir())
                        .shardCount(mark.shardCount())
                        .entries(mark.entries())
                        .maxValueLength(mark.maxValueLength());
        final ShardSizing sizing = ShardSizing.of(stored);
        final Shard[] shards = new Shard[mark.shardCount()];
        try {
            for (int i = 0; i < shards.length; i++) {
                shards[i] = Shard.open(context.dataDir(), i, sizing, recovery);
            }
            return shards;
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(shards);
            throw ex;
        }
    }

    private static void requireSame(
            final boolean given,
            final String name,
            final long value,
            final long stored,
            final StoreContext context) {
        if (given && value != stored) {
            throw new StoreException(
                    name
                            + "="
                            + value
                            + " contradicts data directory "
                            + context.dataDir()
                            + ", which was created with "
                            + name
                            + "="
                            + stored
                            + ": leave the setting out, or use a new directory");
        }
    }

    /**
     * Writes a value whether or not the key is there.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes, 0 to the configured maximum.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0.
     * @return {@link Status#OK}, {@link Status#STORE_FULL}, {@link Status#KEY_LENGTH_INVALID},
     *     {@link Status#VALUE_TOO_LONG} or {@link Status#CLOSED}.
     */
    public int put(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs) {
        return put(
                PutMode.ALWAYS,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                expiresAtMs,
                0);
    }

    /**
     * Writes a value if no live entry has the key. Parameters as {@link #put}.
     *
     * @return as {@link #put}, or {@link Status#ALREADY_EXISTS} with the found {@link #version()}.
     */
    public int putIfAbsent(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs) {
        return put(
                PutMode.IF_ABSENT,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                expiresAtMs,
                0);
    }

    /**
     * Compare and set: writes a value if the live entry has the expected version. Parameters as
     * {@link #put}.
     *
     * @param expectedVersion that the entry must have.
     * @return as {@link #put}, or {@link Status#NOT_FOUND}, or {@link Status#VERSION_MISMATCH} with
     *     the found {@link #version()}.
     */
    public int putIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs,
            final long expectedVersion) {
        return put(
                PutMode.IF_VERSION,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                expiresAtMs,
                expectedVersion);
    }

    private int put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs,
            final long expectedVersion) {
        version = 0;
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        key.boundsCheck(keyOffset, keyLength);
        value.boundsCheck(valueOffset, valueLength);
        final long keyAddress = key.addressOffset() + keyOffset;
        final long hash = XxHash64.hash(key.byteArray(), keyAddress, keyLength, 0L);
        final Shard shard = shards[shardMap.getPlain().shardOf(hash)];
        final int status =
                shard.put(
                        mode,
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        value.byteArray(),
                        value.addressOffset() + valueOffset,
                        valueLength,
                        expiresAtMs,
                        expectedVersion,
                        mode == PutMode.ALWAYS ? 0 : clock.time());
        version = shard.version();
        return status;
    }

    /**
     * Removes an entry.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return {@link Status#OK} with the removed {@link #version()}, {@link Status#NOT_FOUND},
     *     {@link Status#KEY_LENGTH_INVALID} or {@link Status#CLOSED}.
     */
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return remove(PutMode.ALWAYS, key, keyOffset, keyLength, 0);
    }

    /**
     * Removes an entry if it has the expected version. Parameters as {@link #remove(DirectBuffer,
     * int, int)}.
     *
     * @param expectedVersion that the entry must have.
     * @return as {@link #remove(DirectBuffer, int, int)}, or {@link Status#VERSION_MISMATCH} with
     *     the found {@link #version()}.
     */
    public int removeIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        return remove(PutMode.IF_VERSION, key, keyOffset, keyLength, expectedVersion);
    }

    private int remove(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        version = 0;
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        key.boundsCheck(keyOffset, keyLength);
        final long keyAddress = key.addressOffset() + keyOffset;
        final long hash = XxHash64.hash(key.byteArray(), keyAddress, keyLength, 0L);
        final Shard shard = shards[shardMap.getPlain().shardOf(hash)];
        final int status =
                shard.remove(
                        mode,
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        expectedVersion,
                        clock.time());
        version = shard.version();
        return status;
    }

    /**
     * Copies a value, on the owner's thread; other threads and processes use a {@link StoreReader}.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param dst destination.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return length of the value, or a status as for {@link StoreReader#get}.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        version = 0;
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        key.boundsCheck(keyOffset, keyLength);
        dst.boundsCheck(dstOffset, maxLength);
        final long keyAddress = key.addressOffset() + keyOffset;
        final long hash = XxHash64.hash(key.byteArray(), keyAddress, keyLength, 0L);
        final Shard shard = shards[shardMap.getPlain().shardOf(hash)];
        final int result =
                shard.get(
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        dst.byteArray(),
                        dst.addressOffset() + dstOffset,
                        maxLength,
                        clock.time());
        version = shard.version();
        return result;
    }

    /**
     * @return version that the last command of this thread wrote, removed or found; 0 when there
     *     was none.
     */
    public long version() {
        return version;
    }

    /**
     * @return what opening mended, if the last owner had not closed the directory; any thread.
     */
    public RecoveryReport recovery() {
        return recovery;
    }

    /**
     * @return the settings in force.
     */
    public StoreContext context() {
        return context;
    }

    /**
     * @return the immutable routing table in force; any thread.
     */
    public ShardMap shardMap() {
        return shardMap.get();
    }

    /**
     * @return entries of all shards, with expired ones that were not removed yet; owner's thread.
     */
    public long size() {
        long size = 0;
        for (final Shard shard : shards) {
            size += shard.entryCount();
        }
        return size;
    }

    /**
     * Writes a sign of life; any thread. Needed only when the context switched the heartbeat thread
     * off.
     */
    public void heartbeat() {
        final long nowMs = clock.time();
        mark.heartbeat(nowMs);
        for (final Shard shard : shards) {
            shard.heartbeat(nowMs);
        }
    }

    /**
     * Closes the shards cleanly and gives the directory up. Commands after it return {@link
     * Status#CLOSED}.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CloseHelper.close(heartbeatRunner);
            CloseHelper.closeAll(shards);
            mark.heartbeat(0);
            mark.close();
        }
    }
}
