package io.stoat.transport;

import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A copy of a store, made as a feed's documentation says: from changes, and in a gap from what
 * catch-up finds and from looking up the keys that may have gone. Checks the order on the way.
 */
final class FeedCopy implements ChangeHandler {
    private record Entry(int shard, long version, long value) {}

    private final StoreReader reader;
    private final Supplier<ChangeFeed> feed;
    private final Map<Long, Entry> entries = new HashMap<>();
    private final long[] last;
    private final long[] gapEnd;
    private final List<String> wrong = new ArrayList<>();
    private final EntryView view = new EntryView();
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[Long.BYTES]);
    private boolean catchingUp;
    private int gaps;
    private long changes;
    private long missed;
    private long caughtUp;

    /** Keys and the first 8 bytes of values are longs. */
    FeedCopy(final StoreReader reader, final Supplier<ChangeFeed> feed) {
        this.reader = reader;
        this.feed = feed;
        final int shards = reader.shardMap().shardCount();
        last = new long[shards];
        gapEnd = new long[shards];
    }

    int gaps() {
        return gaps;
    }

    long changes() {
        return changes;
    }

    /** Versions that lie in gaps. */
    long missed() {
        return missed;
    }

    long caughtUp() {
        return caughtUp;
    }

    /** What came out of order, or could not be read; the first of it. */
    List<String> wrong() {
        return wrong;
    }

    /** Whether changes and gaps reach what each shard has applied. */
    boolean isUpToDate() {
        for (int shard = 0; shard < last.length; shard++) {
            if (last[shard] < reader.appliedPosition(shard)) {
                return false;
            }
        }
        return true;
    }

    /** Keys with versions and values, as the feed has told. */
    Map<Long, String> content() {
        final Map<Long, String> content = new HashMap<>();
        entries.forEach((k, entry) -> content.put(k, entry.version + ":" + entry.value));
        return content;
    }

    /** The same, as the store has it. */
    static Map<Long, String> contentOf(final StoreReader reader) {
        final Map<Long, String> content = new HashMap<>();
        reader.newScan()
                .forEach(
                        entry -> {
                            content.put(
                                    entry.buffer().getLong(entry.keyOffset()),
                                    entry.version()
                                            + ":"
                                            + entry.buffer().getLong(entry.valueOffset()));
                            return true;
                        });
        return content;
    }

    private void note(final int shard, final long version) {
        if (catchingUp) {
            caughtUp++;
            return;
        }
        changes++;
        if ((version <= gapEnd[shard] || version < last[shard]) && wrong.size() < 5) {
            wrong.add(
                    "shard %d: version %d after %d, gap up to %d"
                            .formatted(shard, version, last[shard], gapEnd[shard]));
        }
        last[shard] = version;
    }

    @Override
    public void onPut(
            final int shard,
            final long version,
            final long expiresAtMs,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength,
            final int valueOffset,
            final int valueLength) {
        note(shard, version);
        entries.put(
                buffer.getLong(keyOffset), new Entry(shard, version, buffer.getLong(valueOffset)));
    }

    @Override
    public void onRemove(
            final int shard,
            final long version,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        note(shard, version);
        entries.remove(buffer.getLong(keyOffset));
    }

    @Override
    public void onTouch(
            final int shard,
            final long version,
            final long expiresAtMs,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        note(shard, version);
    }

    @Override
    public void onGap(final int shard, final long afterVersion, final long toVersion) {
        gaps++;
        missed += toVersion - afterVersion;
        if (toVersion < last[shard] || afterVersion > toVersion) {
            wrong.add("shard %d: gap to %d after %d".formatted(shard, toVersion, last[shard]));
        }
        gapEnd[shard] = toVersion;
        last[shard] = toVersion;
        catchingUp = true;
        final int status = feed.get().catchUp(reader, shard, afterVersion, toVersion, this);
        catchingUp = false;
        if (status != Status.OK) {
            wrong.add("catch-up ended with " + Status.nameOf(status));
        }
        removeWhatIsGone(shard);
    }

    private void removeWhatIsGone(final int shard) {
        final Set<Long> gone = new HashSet<>();
        entries.forEach(
                (k, entry) -> {
                    key.putLong(0, k);
                    if (entry.shard == shard
                            && reader.find(key, 0, Long.BYTES, view) == Status.NOT_FOUND) {
                        gone.add(k);
                    }
                });
        entries.keySet().removeAll(gone);
    }
}
