package io.stoat.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Reads a store straight out of shared memory. It maps the data directory's files read-only, takes
 * no lock and writes nothing: it may be paused or killed at any instruction and the owner never
 * notices. Several readers, in any number of processes, read at once; an instance belongs to one
 * thread.
 *
 * <p>Three ways to read, none of which allocates: {@link #get} copies the value and validates the
 * copy; {@link #find} gives a view on the mapped bytes, to be validated by {@link
 * EntryView#isValid()} ({@link #read} loops for you); {@link #newSnapshotRead} reads several keys
 * as of one moment.
 *
 * <p>A read costs no more than a look-up and two loads of its segment's sequence; it starts over
 * when the owner changed that segment meanwhile. An entry past its expiry is a miss at once; the
 * clock is asked only for entries that can expire.
 */
public final class StoreReader implements AutoCloseable {
    /** What the owner's heartbeat says. */
    public enum OwnerState {
        /** The heartbeat is fresh. */
        ALIVE,
        /** The heartbeat is old: the owner was killed or is stopped. The data is as it left it. */
        STALE,
        /** The owner closed the store cleanly. */
        CLOSED
    }

    private static final int SPINS = 200;
    private static final int MAX_ATTACH_ATTEMPTS = 10;

    private final ReaderContext context;
    private final boolean verifyChecksums;
    private final StoreMark mark;
    private final ShardReader[] shards;

    private final ShardMap shardMap;

    /** Replaced with the shards. */
    private SegmentTable table;

    private final List<EntryView> views = new ArrayList<>();
    private final List<ShardReader> retired = new ArrayList<>(0);
    private long version;
    private long expiresAtMs;
    private long retries;
    private long stuckDeadlineNs;
    private boolean closed;

    private StoreReader(final ReaderContext context) {
        if (context.dataDir() == null) {
            throw new StoreException(
                    "dataDir is not set: give the directory that holds the shards");
        }
        this.context = context;
        verifyChecksums = context.verifyChecksums();
        mark = StoreMark.view(context.dataDir());
        shards = new ShardReader[mark.shardCount()];
        shardMap = new ShardMap(shards.length, mark.generation());
        try {
            for (int i = 0; i < shards.length; i++) {
                shards[i] = attach(i);
            }
            table = new SegmentTable(shardMap, shards);
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    /**
     * Attaches to a data directory with default settings.
     *
     * @param dataDir that a node or an embedded store owns, or owned.
     * @return the reader.
     * @throws StoreException naming the file and the mend when the directory is missing, foreign,
     *     truncated, of another layout, or not completely created.
     */
    public static StoreReader attach(final Path dataDir) {
        return attach(new ReaderContext().dataDir(dataDir));
    }

    /**
     * Attaches to a data directory.
     *
     * @param context settings.
     * @return the reader.
     * @throws StoreException as {@link #attach(Path)}.
     */
    public static StoreReader attach(final ReaderContext context) {
        return new StoreReader(context);
    }

    /**
     * Copies a value and validates the copy.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param dst destination, on or off the heap.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return length of the value, or {@link Status#NOT_FOUND}, {@link Status#KEY_LENGTH_INVALID},
     *     {@link Status#BUFFER_TOO_SMALL} (then {@link #version()} is set and dst is unspecified),
     *     {@link Status#OWNER_GONE}, {@link Status#CORRUPT}, {@link Status#CLOSED}.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (closed) {
            return Status.CLOSED;
        }
        key.boundsCheck(keyOffset, keyLength);
        dst.boundsCheck(dstOffset, maxLength);
        final Object keyBase = key.byteArray();
        final long keyAddress = key.addressOffset() + keyOffset;
        final Object dstBase = dst.byteArray();
        final long dstAddress = dst.addressOffset() + dstOffset;
        final long hash = XxHash64.ofKey(keyBase, keyAddress, keyLength);
        for (int attempt = 0; ; attempt++) {
            final SegmentTable segments = table;
            final int segment = segments.indexOf(hash);
            final long sequenceAddress = segments.sequenceAddress(segment);
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                final long valueAddress =
                        segments.locate(segment, keyBase, keyAddress, keyLength, hash);
                if (valueAddress > 0) {
                    final int length = segments.valueLength() - ValueDescriptor.HEADER_LENGTH;
                    final long entryVersion = ValueDescriptor.version(valueAddress);
                    final long expiry = ValueDescriptor.expiresAtMs(valueAddress);
                    final long checksum = ValueDescriptor.checksum(valueAddress);
                    if (length <= maxLength) {
                        copy(ValueDescriptor.payload(valueAddress), dstBase, dstAddress, length);
                    }
                    if (ShardReader.isUnchanged(sequenceAddress, sequence)) {
                        return accept(
                                hash,
                                entryVersion,
                                expiry,
                                checksum,
                                dstBase,
                                dstAddress,
                                length,
                                maxLength);
                    }
                } else {
                    final int miss = shard(hash).miss(valueAddress, sequenceAddress, sequence);
                    if (miss != ShardReader.AGAIN) {
                        version = 0;
                        expiresAtMs = 0;
                        return miss;
                    }
                }
            }
            if (!awaitChange(attempt)) {
                return Status.OWNER_GONE;
            }
        }
    }

    private static void copy(
            final long from, final Object dstBase, final long dstAddress, final int length) {
        if (length > 256) {
            UnsafeApi.copyMemory(null, from, dstBase, dstAddress, length);
            return;
        }
        int i = 0;
        for (; i <= length - 8; i += 8) {
            UnsafeApi.putLong(dstBase, dstAddress + i, UnsafeApi.getLong(from + i));
        }
        for (; i < length; i++) {
            UnsafeApi.putByte(dstBase, dstAddress + i, UnsafeApi.getByte(from + i));
        }
    }

    private int accept(
            final long hash,
            final long entryVersion,
            final long expiry,
            final long checksum,
            final Object dstBase,
            final long dstAddress,
            final int length,
            final int maxLength) {
        if (expiry != 0 && ValueDescriptor.isExpired(expiry, context.epochClock().time())) {
            version = 0;
            expiresAtMs = 0;
            return Status.NOT_FOUND;
        }
        version = entryVersion;
        expiresAtMs = expiry;
        if (length > maxLength) {
            return Status.BUFFER_TOO_SMALL;
        }
        if (verifyChecksums
                && checksum
                        != ValueDescriptor.checksum(
                                hash, entryVersion, expiry, dstBase, dstAddress, length)) {
            return Status.CORRUPT;
        }
        return length;
    }

    /**
     * Finds a value in place. The result is validated: the value had this length, and the view
     * keeps to it, so that reads within it never leave the mapped memory. What the view's getters
     * return is not: it may be a mixture of an older and a newer value, and counts only once {@link
     * EntryView#isValid()} said so after the last of them. Until then do not index, divide or loop
     * by it unchecked.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param view filled when the result is not negative.
     * @return length of the value, or a status as for {@link #get}.
     */
    public int find(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final EntryView view) {
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (closed) {
            return Status.CLOSED;
        }
        key.boundsCheck(keyOffset, keyLength);
        final Object keyBase = key.byteArray();
        final long keyAddress = key.addressOffset() + keyOffset;
        final long hash = XxHash64.ofKey(keyBase, keyAddress, keyLength);
        for (int attempt = 0; ; attempt++) {
            final SegmentTable segments = table;
            final int segment = segments.indexOf(hash);
            final long sequenceAddress = segments.sequenceAddress(segment);
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                final long valueAddress =
                        segments.locate(segment, keyBase, keyAddress, keyLength, hash);
                int outcome = segments.valueLength() - ValueDescriptor.HEADER_LENGTH;
                if (valueAddress <= 0) {
                    outcome = shard(hash).miss(valueAddress, sequenceAddress, sequence);
                } else if (ValueDescriptor.expiresAtMs(valueAddress) != 0) {
                    outcome = expire(valueAddress, outcome, sequenceAddress, sequence);
                } else if (!ShardReader.isUnchanged(sequenceAddress, sequence)) {
                    outcome = ShardReader.AGAIN;
                }
                if (outcome >= 0) {
                    view.bind(this, valueAddress, outcome, sequenceAddress, sequence);
                }
                if (outcome != ShardReader.AGAIN) {
                    return outcome;
                }
            }
            if (!awaitChange(attempt)) {
                return Status.OWNER_GONE;
            }
        }
    }

    /** The length again, unless the entry has expired or is changing. */
    private int expire(
            final long valueAddress,
            final int length,
            final long sequenceAddress,
            final long sequence) {
        final long expiry = ValueDescriptor.expiresAtMs(valueAddress);
        if (!ShardReader.isUnchanged(sequenceAddress, sequence)) {
            return ShardReader.AGAIN;
        }
        return isExpired(expiry) ? Status.NOT_FOUND : length;
    }

    /**
     * Reads an entry in place, calling the consumer again for as long as the entry changed under
     * it.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param view to use.
     * @param consumer reads fields through the view, of which it may rely on the length alone (see
     *     {@link #find}); each call overwrites what the one before it took.
     * @return length of the value, or a status as for {@link #get}; the consumer's last call counts
     *     when it is not negative.
     */
    public int read(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final EntryView view,
            final EntryConsumer consumer) {
        for (int attempt = 0; ; attempt++) {
            final int result = find(key, keyOffset, keyLength, view);
            if (result < 0) {
                return result;
            }
            consumer.onEntry(view);
            if (view.isValid()) {
                return result;
            }
            if (!awaitChange(attempt)) {
                return Status.OWNER_GONE;
            }
        }
    }

    /**
     * Makes a read of several keys as of one moment.
     *
     * @param maxKeys most keys in one read.
     * @param maxTotalBytes room for all values together, bytes.
     * @return the reusable read; it belongs to this reader and its thread.
     */
    public SnapshotRead newSnapshotRead(final int maxKeys, final int maxTotalBytes) {
        return new SnapshotRead(this, maxKeys, maxTotalBytes);
    }

    /**
     * Makes a scan over all entries, or those whose key starts with a prefix.
     *
     * @return the reusable scan; it belongs to this reader and its thread.
     */
    public StoreScan newScan() {
        return new StoreScan(this);
    }

    /**
     * Waits a little for the owner to finish a change; false when it will not: it is gone or stuck.
     */
    boolean awaitChange(final int attempt) {
        retries++;
        if (attempt < SPINS) {
            Thread.onSpinWait();
            return true;
        }
        final long nowNs = System.nanoTime();
        if (attempt == SPINS) {
            stuckDeadlineNs = nowNs + TimeUnit.MILLISECONDS.toNanos(context.stuckAfterMs());
        }
        if (followGrowth()) {
            stuckDeadlineNs =
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(context.stuckAfterMs());
            return true;
        }
        Thread.yield();
        return ownerState() == OwnerState.ALIVE && stuckDeadlineNs - nowNs > 0;
    }

    private ShardReader attach(final int index) {
        for (int attempt = 1; ; attempt++) {
            final long generation = mark.shardGeneration(index);
            try {
                return new ShardReader(context.dataDir(), index, generation);
            } catch (final StoreException ex) {
                // the owner may have switched, and deleted these files, meanwhile
                if (mark.shardGeneration(index) == generation || attempt == MAX_ATTACH_ATTEMPTS) {
                    throw ex;
                }
            }
        }
    }

    /** Attaches anew to shards that have grown; false when none has. */
    private boolean followGrowth() {
        boolean followed = false;
        for (int i = 0; i < shards.length; i++) {
            final ShardReader shard = shards[i];
            if (shard.isRetired()) {
                shards[i] = attach(i);
                table = new SegmentTable(shardMap, shards);
                followed = true;
                if (views.stream().anyMatch(view -> view.isIn(shard))) {
                    retired.add(shard);
                } else {
                    shard.close();
                }
            }
        }
        return followed;
    }

    ShardReader shardAt(final int index) {
        return shards[index];
    }

    ShardReader shard(final long hash) {
        return shards[shardMap.shardOf(hash)];
    }

    boolean isExpired(final long expiry) {
        return expiry != 0 && ValueDescriptor.isExpired(expiry, nowMs());
    }

    long nowMs() {
        return context.epochClock().time();
    }

    boolean isClosed() {
        return closed;
    }

    void register(final EntryView view) {
        views.add(view);
    }

    void unregister(final EntryView view) {
        views.remove(view);
    }

    /**
     * @return version of the entry that the last {@link #get} found, or 0.
     */
    public long version() {
        return version;
    }

    /**
     * @return expiry of the entry that the last {@link #get} found, ms since the epoch, or 0.
     */
    public long expiresAtMs() {
        return expiresAtMs;
    }

    /**
     * @return how often a read had to start over because its segment was changing.
     */
    public long retries() {
        return retries;
    }

    /**
     * How far the owner has come with a shard. A read that starts after this call sees at least the
     * commands up to it.
     *
     * @param shard index.
     * @return position of the last command that the shard has applied, 0 at first.
     */
    public long appliedPosition(final int shard) {
        if (closed) {
            return 0;
        }
        if (shards[shard].isRetired()) {
            followGrowth();
        }
        return shards[shard].appliedPosition();
    }

    /**
     * @return the immutable routing table of the directory.
     */
    public ShardMap shardMap() {
        return shardMap;
    }

    /**
     * @return what the owner's heartbeat says now.
     */
    public OwnerState ownerState() {
        if (closed) {
            return OwnerState.CLOSED;
        }
        final long heartbeatMs = mark.heartbeatMs();
        if (heartbeatMs == 0) {
            return OwnerState.CLOSED;
        }
        return context.epochClock().time() - heartbeatMs > context.staleAfterMs()
                ? OwnerState.STALE
                : OwnerState.ALIVE;
    }

    /**
     * Tells whether the files still are what they were: it changes before another process that owns
     * the directory touches them, and when they are opened again. Of a directory that was replaced
     * this reader keeps the old files, and says what their last owner said.
     *
     * @return identity of the owner's opening, as {@link Store#ownerId()}; 0 once closed.
     */
    public long ownerId() {
        return closed ? 0 : mark.ownerId();
    }

    /**
     * @return figures of the directory and its shards.
     */
    public StoreStat stat() {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        followGrowth();
        final List<ShardStat> stats = new ArrayList<>(shards.length);
        for (int i = 0; i < shards.length; i++) {
            stats.add(shards[i].stat(i));
        }
        return new StoreStat(
                StoreMark.LAYOUT_VERSION,
                mark.generation(),
                mark.ownerPid(),
                mark.ownerStartMs(),
                mark.heartbeatMs(),
                ownerState(),
                mark.maxValueLength(),
                List.copyOf(stats));
    }

    /**
     * @param shard index.
     * @return fill of each segment of a shard.
     */
    public List<SegmentStat> segments(final int shard) {
        if (closed) {
            throw new IllegalStateException("the reader is closed");
        }
        followGrowth();
        final List<SegmentStat> stats = new ArrayList<>(shards[shard].segments());
        for (int i = 0; i < shards[shard].segments(); i++) {
            stats.add(shards[shard].segmentStat(i));
        }
        return List.copyOf(stats);
    }

    /** Unmaps everything; views of this reader become views of nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            views.forEach(EntryView::clear);
            for (final ShardReader shard : shards) {
                if (shard != null) {
                    shard.close();
                }
            }
            retired.forEach(ShardReader::close);
            mark.close();
        }
    }
}
