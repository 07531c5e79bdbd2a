package io.stoat.store;

import org.agrona.DirectBuffer;

/** Visits entries in place, on the thread of their writer; see {@link StoreWriter#forEachEntry}. */
@FunctionalInterface
public interface EntryVisitor {
    /**
     * One entry. The buffers are views on the mapped memory: valid until the call returns, and the
     * entry must not be changed meanwhile.
     *
     * @param key the key, from offset 0 to its capacity.
     * @param value the value, from offset 0 to its capacity.
     * @param version of the entry.
     * @param expiresAtMs ms since the epoch, or 0; may have passed.
     */
    void onEntry(DirectBuffer key, DirectBuffer value, long version, long expiresAtMs);
}
