package io.stoat.store;

/**
 * Reads one entry in place, for {@link StoreReader#read}. It may be called again for the same
 * entry, so each call only overwrites what the one before it took; what it sees may be torn until
 * the read returns, except for {@link EntryView#valueLength()}.
 */
@FunctionalInterface
public interface EntryConsumer {
    /**
     * @param view on the entry.
     */
    void onEntry(EntryView view);
}
