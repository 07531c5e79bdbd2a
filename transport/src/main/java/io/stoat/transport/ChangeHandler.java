package io.stoat.transport;

import org.agrona.DirectBuffer;

/** Is told by a {@link ChangeFeed} what has changed. Buffers are valid during the call. */
public interface ChangeHandler {
    /** The expiry of an entry whose expiry a change left as it was. */
    long EXPIRY_UNCHANGED = ChangeLayout.EXPIRY_UNCHANGED;

    /**
     * A value was written.
     *
     * @param shard of the key; changes of a shard come in the order in which they were made.
     * @param version of the entry.
     * @param expiresAtMs ms since the epoch, 0 for never, or {@link #EXPIRY_UNCHANGED}.
     * @param buffer that holds key and value.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param valueOffset of the value.
     * @param valueLength bytes; -1 when the value is too long for the feed: read it.
     */
    void onPut(
            int shard,
            long version,
            long expiresAtMs,
            DirectBuffer buffer,
            int keyOffset,
            int keyLength,
            int valueOffset,
            int valueLength);

    /**
     * An entry was removed by a command. Entries that expire or are evicted are not announced.
     *
     * @param shard of the key.
     * @param version of the removal: greater than that of the entry that it removed.
     * @param buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    void onRemove(int shard, long version, DirectBuffer buffer, int keyOffset, int keyLength);

    /**
     * An entry got a new expiry.
     *
     * @param shard of the key.
     * @param version of the entry.
     * @param expiresAtMs ms since the epoch, 0 for never.
     * @param buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    void onTouch(
            int shard,
            long version,
            long expiresAtMs,
            DirectBuffer buffer,
            int keyOffset,
            int keyLength);

    /**
     * Changes were missed, because this subscriber was too slow or not connected. Changes of the
     * shard after the second version follow. What was missed is read from the store: the entries
     * with versions in the gap.
     *
     * @param shard concerned.
     * @param afterVersion last version of the shard before the gap.
     * @param toVersion last version of the shard that may have been missed.
     */
    void onGap(int shard, long afterVersion, long toVersion);
}
