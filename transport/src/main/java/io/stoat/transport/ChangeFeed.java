package io.stoat.transport;

import static io.stoat.transport.ChangeLayout.KEY_LENGTH_OFFSET;
import static io.stoat.transport.ChangeLayout.KIND_OFFSET;
import static io.stoat.transport.ChangeLayout.OPERAND_OFFSET;
import static io.stoat.transport.ChangeLayout.ORDER;
import static io.stoat.transport.ChangeLayout.SHARD_OFFSET;
import static io.stoat.transport.ChangeLayout.VALUE_LENGTH_OFFSET;
import static io.stoat.transport.ChangeLayout.VERSION_OFFSET;

import io.stoat.store.StoreReader;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells a process, over IPC or UDP, of every committed change of keys with a prefix: shard by shard
 * in the order in which they were made, each with its version. It never slows the writer: a
 * subscriber that does not keep up, or was not connected, is told what it has missed. Reconnects by
 * itself. One thread: the first that polls.
 */
public final class ChangeFeed implements AutoCloseable {
    private static final CompletionHandler NO_COMPLETIONS =
            (correlationId, status, version, operand, buffer, offset, length) -> {};
    private static final long NOTHING_SEEN = -1;

    private final ThreadOwner owner = new ThreadOwner("ChangeFeed");
    private final Connection connection;
    private final UnsafeBuffer prefix;
    private long[] seen = {};
    private int subscribedEpoch;
    private int changes;
    private ChangeHandler handler;
    private boolean closed;

    private ChangeFeed(final Connection connection, final UnsafeBuffer prefix) {
        this.connection = connection;
        this.prefix = prefix;
        connection.changes(this::onChanges);
    }

    /**
     * Connects to a node. The feed starts with the first polls: changes after {@link #isStarted()}
     * says so are not missed.
     *
     * @param context settings; concluded here.
     * @param prefix buffer that holds the prefix of the keys; copied.
     * @param offset of the prefix.
     * @param length of the prefix, bytes; 0 for all keys.
     * @return the feed.
     * @throws TransportException as {@link StoreClient#connect}.
     */
    public static ChangeFeed subscribe(
            final ClientContext context,
            final DirectBuffer prefix,
            final int offset,
            final int length) {
        if (length < 0 || length > io.stoat.store.StoreContext.MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("prefix length " + length);
        }
        final byte[] bytes = new byte[length];
        prefix.getBytes(offset, bytes);
        final Connection connection = ConnectionOpener.openForReads(context.conclude());
        return new ChangeFeed(connection, new UnsafeBuffer(bytes));
    }

    /**
     * Hands changes that have come to a handler. To be called again and again: a subscriber that
     * does not poll misses changes.
     *
     * @param changeHandler is told of changes; it must not poll.
     * @return changes and other work done; 0 for none.
     */
    public int poll(final ChangeHandler changeHandler) {
        owner.check();
        if (closed) {
            return 0;
        }
        handler = changeHandler;
        changes = 0;
        int work = connection.poll(NO_COMPLETIONS);
        if (connection.isOpen() && connection.epoch() != subscribedEpoch) {
            if (connection.readLane().subscribe(prefix)) {
                subscribedEpoch = connection.epoch();
                work++;
            }
        }
        return work + changes;
    }

    private void onChanges(final DirectBuffer buffer, final int offset, final int length) {
        final int end = offset + length;
        int at = offset;
        while (end - at >= ChangeLayout.HEADER_LENGTH) {
            final int keyLength = buffer.getShort(at + KEY_LENGTH_OFFSET, ORDER) & 0xFFFF;
            final int valueLength = buffer.getInt(at + VALUE_LENGTH_OFFSET, ORDER);
            if (valueLength < 0
                    || valueLength > end - at - ChangeLayout.HEADER_LENGTH - keyLength) {
                return;
            }
            onChange(buffer, at, keyLength, valueLength);
            changes++;
            at += ChangeLayout.encodedLength(keyLength, valueLength);
        }
    }

    private void onChange(
            final DirectBuffer buffer, final int at, final int keyLength, final int valueLength) {
        final long version = buffer.getLong(at + VERSION_OFFSET, ORDER);
        final long operand = buffer.getLong(at + OPERAND_OFFSET, ORDER);
        final int shard = buffer.getInt(at + SHARD_OFFSET, ORDER);
        final int keyOffset = at + ChangeLayout.HEADER_LENGTH;
        final int kind = buffer.getShort(at + KIND_OFFSET, ORDER);
        if (shard < 0 || kind != ChangeLayout.START && shard >= seen.length) {
            return;
        }
        switch (kind) {
            case ChangeLayout.START -> onStart(shard, version);
            case ChangeLayout.GAP -> {
                seen[shard] = version;
                handler.onGap(shard, operand, version);
            }
            case ChangeLayout.PUT, ChangeLayout.PUT_WITHOUT_VALUE -> {
                seen[shard] = version;
                handler.onPut(
                        shard,
                        version,
                        operand,
                        buffer,
                        keyOffset,
                        keyLength,
                        keyOffset + keyLength,
                        kind == ChangeLayout.PUT ? valueLength : -1);
            }
            case ChangeLayout.REMOVE -> {
                seen[shard] = version;
                handler.onRemove(shard, version, buffer, keyOffset, keyLength);
            }
            case ChangeLayout.EXPIRE -> {
                seen[shard] = version;
                handler.onExpire(shard, version, operand, buffer, keyOffset, keyLength);
            }
            case ChangeLayout.EVICT -> {
                seen[shard] = version;
                handler.onEvict(shard, version, operand, buffer, keyOffset, keyLength);
            }
            case ChangeLayout.TOUCH -> {
                seen[shard] = version;
                handler.onTouch(shard, version, operand, buffer, keyOffset, keyLength);
            }
            default -> {}
        }
    }

    /** A subscription begins; after a lost one, what lies between was missed. */
    private void onStart(final int shard, final long position) {
        if (shard >= seen.length) {
            final int known = seen.length;
            seen = Arrays.copyOf(seen, shard + 1);
            Arrays.fill(seen, known, seen.length, NOTHING_SEEN);
        }
        final long before = seen[shard];
        seen[shard] = position;
        // a position that has not moved says nothing of what went by itself meanwhile
        if (before != NOTHING_SEEN && position > 0 && position >= before) {
            handler.onGap(shard, ChangeLayout.gapStart(before, position), position);
        }
    }

    /**
     * @return whether the feed has started: every change after this is told, or is in a gap.
     */
    public boolean isStarted() {
        return connection.isOpen()
                && connection.maxValueLength() > 0
                && seen.length == connection.nodeMap().shardCount();
    }

    /**
     * Reads what a gap holds from shared memory: each entry of the shard that has the prefix and a
     * version in the gap is handed to {@link ChangeHandler#onPut}, in no particular order. What was
     * removed in the gap is not there to be found, and what changed again comes with the feed.
     *
     * @param reader of the node's data directory, of this thread.
     * @param shard of the gap.
     * @param afterVersion of the gap.
     * @param toVersion of the gap.
     * @param changeHandler is told of the entries.
     * @return {@link io.stoat.store.Status#OK}, or the status with which the scan ended.
     */
    public int catchUp(
            final StoreReader reader,
            final int shard,
            final long afterVersion,
            final long toVersion,
            final ChangeHandler changeHandler) {
        return reader.newScan()
                .prefix(prefix, 0, prefix.capacity())
                .forEach(
                        entry -> {
                            if (entry.version() > afterVersion
                                    && entry.version() <= toVersion
                                    && reader.shardMap()
                                                    .shardOf(
                                                            entry.buffer(),
                                                            entry.keyOffset(),
                                                            entry.keyLength())
                                            == shard) {
                                changeHandler.onPut(
                                        shard,
                                        entry.version(),
                                        entry.expiresAtMs(),
                                        entry.buffer(),
                                        entry.keyOffset(),
                                        entry.keyLength(),
                                        entry.valueOffset(),
                                        entry.valueLength());
                            }
                            return true;
                        });
    }

    /** Ends the subscription. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            connection.close();
        }
    }
}
