package io.stoat.store;

import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

public final class StoreReader implements AutoCloseable {
    /** What the owner's heartbeat says. */
    public enum OwnerState {
        ALIVE,
        STALE,
        CLOSED
    }

    public static StoreReader attach(final Path dataDir) {
        throw new UnsupportedOperationException();
    }

    /** Validated copy: value length or negative status. */
    public int get(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            MutableDirectBuffer dst,
            int dstOffset,
            int maxLength) {
        throw new UnsupportedOperationException();
    }

    /** Version of the entry that the last get found (or 0). */
    public long version() {
        throw new UnsupportedOperationException();
    }

    /** Expiry of the entry that the last get found, ms since the epoch, 0 = never. */
    public long expiresAtMs() {
        throw new UnsupportedOperationException();
    }

    /**
     * In-place view: value length or negative status; check view.isValid() after reading fields.
     */
    public int find(DirectBuffer key, int keyOffset, int keyLength, EntryView view) {
        throw new UnsupportedOperationException();
    }

    /** Loops find + consumer until the view was valid. */
    public int read(DirectBuffer key, int keyOffset, int keyLength, EntryConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    public OwnerState ownerState() {
        throw new UnsupportedOperationException();
    }

    /** Retries because of concurrent changes so far. */
    public long retries() {
        throw new UnsupportedOperationException();
    }

    public StoreStat stat() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
