package io.stoat.store;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
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
    private static final int GROWTH_SLICE = 1_000;
    private static final long GROWTH_WAIT_NS = 100_000;

    private final StoreContext context;
    private final EpochClock clock;
    private final StoreMark mark;
    private final long ownerId;
    private final Shard[] shards;
    private final AtomicReference<ShardMap> shardMap;
    private final RecoveryReport recovery;
    private final boolean[] claimed;
    private final AtomicReference<StoreGrowth> growth = new AtomicReference<>();
    private final Object unmapping = new Object();
    private Thread growthThread;
    private AgentRunner heartbeatRunner;
    private StoreWriter writer;
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
        claimed = new boolean[shards.length];
        writer = new StoreWriter(shardMap.get(), clock, growth, shards.clone());
        mark.signalOwner(ProcessHandle.current().pid(), clock.time());
        ownerId = mark.ownerId();
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
        StoreDirectory.prepare(dataDir);
        final StoreMark mark = StoreMark.own(dataDir);
        final RecoveryReport recovery = new RecoveryReport();
        final Shard[] shards;
        try {
            shards =
                    mark.isReady()
                            ? StoreDirectory.openShards(context, mark, recovery)
                            : StoreDirectory.createShards(context, mark);
        } catch (final RuntimeException ex) {
            mark.close();
            throw ex;
        }
        return new Store(context, mark, shards, recovery);
    }

    /**
     * Gives a thread the shards whose index modulo {@code count} is {@code index}. From then on
     * they change through that writer alone: this store's own commands return {@link
     * Status#WRONG_SHARD} for their keys. To be called before the threads start, and closing the
     * store after they ended.
     *
     * @param index of the writer, 0 to {@code count} - 1.
     * @param count of writers among which the shards are divided.
     * @return the writer.
     * @throws IllegalStateException when one of the shards is claimed already.
     */
    public StoreWriter newWriter(final int index, final int count) {
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException(
                    "index must be 0 to count - 1: index=" + index + " count=" + count);
        }
        final Shard[] theirs = new Shard[shards.length];
        final Shard[] rest = shards.clone();
        for (int i = 0; i < shards.length; i++) {
            if (i % count == index) {
                if (claimed[i]) {
                    throw new IllegalStateException("shard " + i + " is claimed by a writer");
                }
                theirs[i] = shards[i];
            }
        }
        for (int i = 0; i < shards.length; i++) {
            claimed[i] |= theirs[i] != null;
            rest[i] = claimed[i] ? null : shards[i];
        }
        writer = new StoreWriter(shardMap.get(), clock, growth, rest);
        return new StoreWriter(shardMap.get(), clock, growth, theirs);
    }

    /**
     * Applies an encoded command to the shards that no {@link #newWriter} has. Parameters and
     * results as {@link StoreWriter#apply}.
     *
     * @return a {@link Status}.
     */
    public int apply(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long position,
            final long timeMs) {
        return writer.apply(buffer, offset, length, position, timeMs);
    }

    /**
     * @return the writer behind this store's own commands: of all shards, or of those that no
     *     {@link #newWriter} has; owner's thread.
     */
    public StoreWriter writer() {
        return writer;
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
        return writer.put(
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
        return writer.put(
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
        return writer.put(
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

    /**
     * Adds to a 64-bit little-endian counter; a key that is not there, or has expired, counts from
     * zero and never expires. An entry keeps its expiry.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param delta to add, may be negative.
     * @return {@link Status#OK} with the new {@link #counter()} and {@link #version()}; {@link
     *     Status#NOT_A_COUNTER} when the value is not 8 bytes long, {@link Status#OVERFLOW} when
     *     the sum does not fit in 64 bits, or a status as for {@link #put}: the entry is as before
     *     then.
     */
    public int add(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        return writer.add(key, keyOffset, keyLength, delta);
    }

    /**
     * Gives a live entry a new expiry; its value stays, its version is new.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0 for never.
     * @return {@link Status#OK}, {@link Status#NOT_FOUND}, {@link Status#KEY_LENGTH_INVALID} or
     *     {@link Status#CLOSED}.
     */
    public int touch(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expiresAtMs) {
        return writer.touch(key, keyOffset, keyLength, expiresAtMs);
    }

    /**
     * Removes expired entries in a small slice: goes on where the last call stopped, over all
     * shards in turn. Expired entries are misses anyhow; this gives their room back. A node calls
     * it in its duty cycle, an embedding owner whenever it likes, on its thread. Allocates nothing.
     *
     * @param maxSlots most places to look at: bounds the work; a full round takes about three times
     *     the configured entries.
     * @return entries removed.
     */
    public int sweep(final int maxSlots) {
        return writer.sweep(clock.time(), maxSlots);
    }

    /**
     * @return what the counter of the last successful {@link #add} counts now.
     */
    public long counter() {
        return writer.counter();
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
        return writer.remove(PutMode.ALWAYS, key, keyOffset, keyLength, 0);
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
        return writer.remove(PutMode.IF_VERSION, key, keyOffset, keyLength, expectedVersion);
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
        return writer.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
    }

    /**
     * @return version that the last command of this thread wrote, removed or found; 0 when there
     *     was none.
     */
    public long version() {
        return writer.version();
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
     * @return entries of all shards, with expired ones that were not removed yet; any thread.
     */
    public long size() {
        long size = 0;
        synchronized (unmapping) {
            for (final Shard shard : shards) {
                size += shard.entryCount();
            }
        }
        return size;
    }

    /**
     * @return identity of this opening of the directory, never 0: a reader that says the same one
     *     ({@link StoreReader#ownerId()}) reads the files that this store has; any thread, also
     *     after {@link #close()}.
     */
    public long ownerId() {
        return ownerId;
    }

    /**
     * Writes a sign of life; any thread. Needed only when the context switched the heartbeat thread
     * off.
     */
    public void heartbeat() {
        final long nowMs = clock.time();
        mark.heartbeat(nowMs);
        // a growth must not unmap a control file meanwhile
        synchronized (unmapping) {
            for (final Shard shard : shards) {
                shard.heartbeat(nowMs);
            }
        }
    }

    /**
     * Begins to make the store larger while it is used; any thread. Larger files are made beside
     * the present ones by a thread of its own; the threads that have the writers copy in slices, by
     * {@link StoreWriter#grow} in their duty cycles, and switch shard by shard. Readers follow by
     * themselves. Killed at any point, the store is as it was, or has the shards that had switched
     * larger already. While it lasts it takes the space of both.
     *
     * @param entries that the whole store is to hold, more than now.
     * @return the growth, to be watched.
     * @throws StoreException when the disk has no room, entries is no more than now, or the context
     *     says that this store is not to grow.
     * @throws IllegalStateException when a growth is under way.
     */
    public synchronized Growth startGrowth(final long entries) {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        if (!context.growable()) {
            throw new StoreException(
                    context.dataDir()
                            + " belongs to a replica, whose capacity must be that of the others at"
                            + " every position: stop all members, grow the directory of each,"
                            + " set entries="
                            + entries
                            + " in their configuration, start them");
        }
        if (growthThread != null && growthThread.isAlive()) {
            throw new IllegalStateException("a growth is under way: wait for its end");
        }
        if (entries <= mark.entries() || entries > StoreContext.MAX_ENTRIES) {
            throw new StoreException(
                    "entries="
                            + entries
                            + " is no growth: the store is for "
                            + mark.entries()
                            + ", give more, up to "
                            + StoreContext.MAX_ENTRIES);
        }
        final StoreGrowth next =
                new StoreGrowth(context.dataDir(), mark, shards, entries, unmapping);
        growth.set(next);
        growthThread = new Thread(next, StoreGrowth.THREAD_NAME);
        growthThread.setDaemon(true);
        growthThread.start();
        return next.growth();
    }

    /**
     * Makes the store larger and returns when that is done, or has failed; for an owner with one
     * thread, which has all shards. Parameters and errors as {@link #startGrowth}.
     *
     * @return the growth.
     */
    public Growth grow(final long entries) {
        final Growth started = startGrowth(entries);
        while (!started.isOver() || growthThread.isAlive()) {
            if (writer.grow(GROWTH_SLICE) == 0) {
                LockSupport.parkNanos(GROWTH_WAIT_NS);
            }
        }
        return started;
    }

    /**
     * @return the growth under way, or the last one, or null; any thread.
     */
    public Growth growth() {
        final StoreGrowth last = growth.get();
        return last == null ? null : last.growth();
    }

    /** Whether the last growth still has files to delete; any thread. */
    synchronized boolean growthIsUnderWay() {
        return growthThread != null && growthThread.isAlive();
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
            endGrowth();
            CloseHelper.closeAll(shards);
            mark.heartbeat(0);
            mark.close();
        }
    }

    /** The threads that had writers have ended. */
    private void endGrowth() {
        final StoreGrowth last = growth.get();
        if (last != null) {
            for (final Shard shard : shards) {
                shard.abandonGrowth();
            }
            last.abandon();
            boolean interrupted = false;
            while (growthThread.isAlive()) {
                try {
                    growthThread.join();
                } catch (final InterruptedException ex) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
