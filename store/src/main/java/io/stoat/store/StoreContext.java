package io.stoat.store;

import java.nio.file.Path;
import java.util.Objects;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/**
 * Configuration of a {@link Store}: set, then frozen by {@link #conclude()}, which {@link
 * Store#open} calls. When a data directory exists already its own shard count, capacity and maximum
 * value length win over settings that were left at their defaults; settings that contradict it are
 * refused.
 */
public final class StoreContext {
    /** Longest key, bytes. */
    public static final int MAX_KEY_LENGTH = 1024;

    /** Longest value that can be configured, bytes. */
    public static final int MAX_VALUE_LENGTH_LIMIT = 16 * 1024 * 1024;

    /** Most entries of a store. */
    public static final long MAX_ENTRIES = 1L << 40;

    /** Shards when none are configured. */
    public static final int DEFAULT_SHARD_COUNT = 4;

    /** Entries of the whole store when none are configured. */
    public static final long DEFAULT_ENTRIES = 131_072;

    /** Maximum value length when none is configured, bytes. */
    public static final int DEFAULT_MAX_VALUE_LENGTH = 256;

    /** Expected key length when none is configured, bytes. */
    public static final int DEFAULT_AVERAGE_KEY_LENGTH = 24;

    /** Room for a batch when none is configured, bytes. */
    public static final int DEFAULT_MAX_BATCH_LENGTH = 64 * 1024;

    /** Most room for a batch that can be configured, bytes. */
    public static final int MAX_BATCH_LENGTH_LIMIT = 64 * 1024 * 1024;

    /** High-water mark of eviction when none is configured, percent of a shard's capacity. */
    public static final int DEFAULT_HIGH_WATER_PERCENT = 95;

    /** Sentinel: the setting was not given. */
    static final int UNSET = -1;

    private Path dataDir;
    private int shardCount = UNSET;
    private long entries = UNSET;
    private int maxValueLength = UNSET;
    private int averageValueLength = UNSET;
    private int averageKeyLength = UNSET;
    private int segmentsPerShard = UNSET;
    private Eviction eviction = Eviction.REJECT;
    private int highWaterPercent = DEFAULT_HIGH_WATER_PERCENT;
    private int maxBatchLength = DEFAULT_MAX_BATCH_LENGTH;
    private EpochClock epochClock = SystemEpochClock.INSTANCE;
    private boolean heartbeatThread = true;
    private boolean growable = true;
    private boolean concluded;

    /**
     * Checks every setting and freezes the context. Idempotent.
     *
     * @return this
     * @throws StoreException naming the setting, its value and the mend.
     */
    public StoreContext conclude() {
        if (concluded) {
            return this;
        }
        if (dataDir == null) {
            throw new StoreException(
                    "dataDir is not set: give the directory that holds the shards");
        }
        requireRange("shardCount", shardCount, 1, 1000);
        requireRange("entries", entries, 1, MAX_ENTRIES);
        requireRange("maxValueLength", maxValueLength, 1, MAX_VALUE_LENGTH_LIMIT);
        requireRange("averageKeyLength", averageKeyLength, 1, MAX_KEY_LENGTH);
        requireRange("averageValueLength", averageValueLength, 1, MAX_VALUE_LENGTH_LIMIT);
        requireRange("segmentsPerShard", segmentsPerShard, 1, 1 << 20);
        requireRange("highWaterPercent", highWaterPercent, 1, 100);
        requireRange("maxBatchLength", maxBatchLength, 0, MAX_BATCH_LENGTH_LIMIT);
        if (segmentsPerShard != UNSET && Integer.bitCount(segmentsPerShard) != 1) {
            throw new StoreException(
                    "segmentsPerShard=" + segmentsPerShard + " must be a power of two");
        }
        concluded = true;
        return this;
    }

    private static void requireRange(
            final String name, final long value, final long min, final long max) {
        if (value != UNSET && (value < min || value > max)) {
            throw new StoreException(
                    name + "=" + value + " is out of range: use " + min + " to " + max);
        }
    }

    private void requireOpen() {
        if (concluded) {
            throw new IllegalStateException(
                    "the context is concluded: settings can no longer change");
        }
    }

    /**
     * @param dataDir directory of the shards; created when missing. Required.
     * @return this
     */
    public StoreContext dataDir(final Path dataDir) {
        requireOpen();
        this.dataDir = Objects.requireNonNull(dataDir, "dataDir").toAbsolutePath().normalize();
        return this;
    }

    /**
     * @return directory of the shards.
     */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * @param shardCount number of shards, 1 to 1000; fixed when the directory is created.
     * @return this
     */
    public StoreContext shardCount(final int shardCount) {
        requireOpen();
        this.shardCount = shardCount;
        return this;
    }

    /**
     * @return number of shards.
     */
    public int shardCount() {
        return shardCount == UNSET ? DEFAULT_SHARD_COUNT : shardCount;
    }

    /**
     * @param entries how many entries the whole store must hold; space is allocated for them at
     *     creation.
     * @return this
     */
    public StoreContext entries(final long entries) {
        requireOpen();
        this.entries = entries;
        return this;
    }

    /**
     * @return entries of the whole store.
     */
    public long entries() {
        return entries == UNSET ? DEFAULT_ENTRIES : entries;
    }

    /**
     * @param maxValueLength longest value, bytes; a longer one gets {@link Status#VALUE_TOO_LONG}.
     * @return this
     */
    public StoreContext maxValueLength(final int maxValueLength) {
        requireOpen();
        this.maxValueLength = maxValueLength;
        return this;
    }

    /**
     * @return longest value, bytes.
     */
    public int maxValueLength() {
        return maxValueLength == UNSET ? DEFAULT_MAX_VALUE_LENGTH : maxValueLength;
    }

    /**
     * @param averageValueLength expected value length, bytes, for sizing; the maximum when not set.
     * @return this
     */
    public StoreContext averageValueLength(final int averageValueLength) {
        requireOpen();
        this.averageValueLength = averageValueLength;
        return this;
    }

    /**
     * @return expected value length, bytes.
     */
    public int averageValueLength() {
        return averageValueLength == UNSET ? maxValueLength() : averageValueLength;
    }

    /**
     * @param averageKeyLength expected key length, bytes, for sizing.
     * @return this
     */
    public StoreContext averageKeyLength(final int averageKeyLength) {
        requireOpen();
        this.averageKeyLength = averageKeyLength;
        return this;
    }

    /**
     * @return expected key length, bytes.
     */
    public int averageKeyLength() {
        return averageKeyLength == UNSET ? DEFAULT_AVERAGE_KEY_LENGTH : averageKeyLength;
    }

    /**
     * @param segmentsPerShard Chronicle segments (and sequences) a shard, a power of two; chosen
     *     from the shard's entries when not set.
     * @return this
     */
    public StoreContext segmentsPerShard(final int segmentsPerShard) {
        requireOpen();
        this.segmentsPerShard = segmentsPerShard;
        return this;
    }

    /**
     * @return segments a shard, or {@link #UNSET} when they are to be chosen.
     */
    int segmentsPerShard() {
        return segmentsPerShard;
    }

    /**
     * @param maxBatchLength room for the changes of a batch, bytes, in every shard's control file;
     *     fixed when the directory is created. A change takes 32 bytes, key, value and, when an
     *     entry becomes longer, its old value.
     * @return this
     */
    public StoreContext maxBatchLength(final int maxBatchLength) {
        requireOpen();
        this.maxBatchLength = maxBatchLength;
        return this;
    }

    /**
     * @return room for the changes of a batch, bytes.
     */
    public int maxBatchLength() {
        return maxBatchLength;
    }

    /**
     * @param eviction what a shard does when it passes its high-water mark; may be another one each
     *     time the directory is opened. Other than {@link Eviction#REJECT} it takes 40 bytes of
     *     heap an entry of capacity.
     * @return this
     */
    public StoreContext eviction(final Eviction eviction) {
        requireOpen();
        this.eviction = Objects.requireNonNull(eviction, "eviction");
        return this;
    }

    /**
     * @return what a shard does when it passes its high-water mark.
     */
    public Eviction eviction() {
        return eviction;
    }

    /**
     * @param highWaterPercent of a shard's entries, and of the bytes that as many entries of the
     *     expected length take, above which entries are evicted.
     * @return this
     */
    public StoreContext highWaterPercent(final int highWaterPercent) {
        requireOpen();
        this.highWaterPercent = highWaterPercent;
        return this;
    }

    /**
     * @return high-water mark, percent of a shard's capacity.
     */
    public int highWaterPercent() {
        return highWaterPercent;
    }

    /**
     * @param epochClock source of time for expiry and heartbeat, ms since the epoch.
     * @return this
     */
    public StoreContext epochClock(final EpochClock epochClock) {
        requireOpen();
        this.epochClock = Objects.requireNonNull(epochClock, "epochClock");
        return this;
    }

    /**
     * @return source of time for expiry and heartbeat.
     */
    public EpochClock epochClock() {
        return epochClock;
    }

    /**
     * @param heartbeatThread true (the default): a daemon thread keeps the heartbeat; false: the
     *     owner calls {@link Store#heartbeat()} itself, at least once a second, from one of its
     *     duty cycles.
     * @return this
     */
    public StoreContext heartbeatThread(final boolean heartbeatThread) {
        requireOpen();
        this.heartbeatThread = heartbeatThread;
        return this;
    }

    /**
     * @return whether a daemon thread keeps the heartbeat.
     */
    public boolean heartbeatThread() {
        return heartbeatThread;
    }

    /**
     * @param growable false: the store is not to grow while it is open, neither by {@link
     *     Store#startGrowth} nor by a {@link GrowthRequest}. For replicas: whether a command finds
     *     a full store, and what is evicted, depends on the capacity, so all must have the same at
     *     every position. True when not set.
     * @return this
     */
    public StoreContext growable(final boolean growable) {
        requireOpen();
        this.growable = growable;
        return this;
    }

    /**
     * @return whether the store may grow while it is open.
     */
    public boolean growable() {
        return growable;
    }

    /**
     * @return whether the shard count was given rather than left to its default.
     */
    boolean hasShardCount() {
        return shardCount != UNSET;
    }

    /**
     * @return whether the number of entries was given rather than left to its default.
     */
    boolean hasEntries() {
        return entries != UNSET;
    }

    /**
     * @return whether the maximum value length was given rather than left to its default.
     */
    boolean hasMaxValueLength() {
        return maxValueLength != UNSET;
    }
}
