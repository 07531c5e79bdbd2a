package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

public final class Store implements AutoCloseable {
    public static Store open(final StoreContext context) {
        throw new UnsupportedOperationException();
    }

    public StoreContext context() {
        throw new UnsupportedOperationException();
    }

    public ShardMap shardMap() {
        throw new UnsupportedOperationException();
    }

    public int put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long expiresAtMs) {
        throw new UnsupportedOperationException();
    }

    public int putIfAbsent(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long expiresAtMs) {
        throw new UnsupportedOperationException();
    }

    public int putIfVersion(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long expiresAtMs,
            long expectedVersion) {
        throw new UnsupportedOperationException();
    }

    public int remove(DirectBuffer key, int keyOffset, int keyLength) {
        throw new UnsupportedOperationException();
    }

    public int removeIfVersion(
            DirectBuffer key, int keyOffset, int keyLength, long expectedVersion) {
        throw new UnsupportedOperationException();
    }

    /**
     * Version of the last command's entry: written, or found when the command was refused, or 0.
     */
    public long version() {
        throw new UnsupportedOperationException();
    }

    /** Owner-side read; value length or negative status. version() tells the entry's version. */
    public int get(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            MutableDirectBuffer dst,
            int dstOffset,
            int maxLength) {
        throw new UnsupportedOperationException();
    }

    /** Entries in all shards (including expired ones not yet removed). */
    public long size() {
        throw new UnsupportedOperationException();
    }

    /** Writes the heartbeat now; any thread. */
    public void heartbeat() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
