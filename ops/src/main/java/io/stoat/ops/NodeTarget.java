package io.stoat.ops;

import io.stoat.store.PutMode;
import io.stoat.transport.ClientContext;
import io.stoat.transport.StoreClient;
import io.stoat.transport.TransportStatus;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A node, over IPC or UDP. */
final class NodeTarget implements CommandTarget {
    private final StoreClient client;

    NodeTarget(final ClientContext context) {
        client = StoreClient.connect(context);
    }

    @Override
    public int put(
            final int mode,
            final DirectBuffer key,
            final DirectBuffer value,
            final long ttlMs,
            final long expectedVersion) {
        final int keyLength = key.capacity();
        final int length = value.capacity();
        return switch (mode) {
            case PutMode.IF_VERSION ->
                    client.putIfVersion(
                            key, 0, keyLength, value, 0, length, ttlMs, expectedVersion);
            case PutMode.IF_ABSENT ->
                    client.putIfAbsent(key, 0, keyLength, value, 0, length, ttlMs);
            default -> client.put(key, 0, keyLength, value, 0, length, ttlMs);
        };
    }

    @Override
    public void putRow(
            final long row,
            final DirectBuffer key,
            final DirectBuffer value,
            final long ttlMs,
            final RowListener listener) {
        listener.onOutcome(row, key, put(PutMode.ALWAYS, key, value, ttlMs, 0));
    }

    @Override
    public void drain() {
        // every row had its outcome at once
    }

    @Override
    public int get(final DirectBuffer key, final MutableDirectBuffer dst, final int maxLength) {
        return client.get(key, 0, key.capacity(), dst, 0, maxLength);
    }

    @Override
    public int remove(final int mode, final DirectBuffer key, final long expectedVersion) {
        return mode == PutMode.IF_VERSION
                ? client.removeIfVersion(key, 0, key.capacity(), expectedVersion)
                : client.remove(key, 0, key.capacity());
    }

    @Override
    public int add(final DirectBuffer key, final long delta) {
        return client.add(key, 0, key.capacity(), delta);
    }

    @Override
    public int touch(final DirectBuffer key, final long ttlMs) {
        return client.touch(key, 0, key.capacity(), ttlMs);
    }

    @Override
    public CommandFailure failure(final int status, final String key) {
        return StoreOptions.failure(status, key, client.version());
    }

    @Override
    public boolean isUnknown(final int status) {
        return status == TransportStatus.TIMED_OUT || status == TransportStatus.OUTCOME_UNKNOWN;
    }

    @Override
    public long version() {
        return client.version();
    }

    @Override
    public long expiresAtMs() {
        return client.expiresAtMs();
    }

    @Override
    public long counter() {
        return client.counter();
    }

    @Override
    public void close() {
        client.close();
    }
}
