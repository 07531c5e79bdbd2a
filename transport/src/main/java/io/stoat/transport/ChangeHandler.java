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
     * An entry was removed by a command.
     *
     * @param shard of the key.
     * @param version of the removal: greater than that of the entry that it removed.
     * @param buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    void onRemove(int shard, long version, DirectBuffer buffer, int keyOffset, int keyLength);

    /**
     * An entry that had expired is gone: it was a miss since its expiry, and a sweep has removed it
     * now. An expired entry whose key gets a new value is not told of. By default as if it had been
     * removed.
     *
     * @param shard of the key.
     * @param version the shard's last version by then: it went after that change, and before the
     *     next.
     * @param expiredVersion of the entry.
     * @param buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    default void onExpire(
            final int shard,
            final long version,
            final long expiredVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        onRemove(shard, version, buffer, keyOffset, keyLength);
    }

    /**
     * An entry was evicted to make room. By default as if it had been removed.
     *
     * @param shard of the key.
     * @param version the shard's last version by then: it went after that change, and before the
     *     next.
     * @param evictedVersion of the entry.
     * @param buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    default void onEvict(
            final int shard,
            final long version,
            final long evictedVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        onRemove(shard, version, buffer, keyOffset, keyLength);
    }

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
     * with versions in the gap. Entries that are not there any more may have gone in it, whatever
     * their versions.
     *
     * @param shard concerned.
     * @param afterVersion last version of the shard before the gap.
     * @param toVersion last version of the shard that may have been missed.
     */
    void onGap(int shard, long afterVersion, long toVersion);
}
