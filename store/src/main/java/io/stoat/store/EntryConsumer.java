package io.stoat.store;

/**
 * Reads one entry in place; may be called again for the same entry, so it must only overwrite its
 * results.
 */
@FunctionalInterface
public interface EntryConsumer {
    void onEntry(EntryView view);
}
