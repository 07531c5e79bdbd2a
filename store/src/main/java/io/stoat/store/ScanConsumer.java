package io.stoat.store;

/** Takes the entries of a {@link StoreScan}. */
@FunctionalInterface
public interface ScanConsumer {
    /**
     * @param entry valid until this returns.
     * @return whether to go on.
     */
    boolean onEntry(ScanEntry entry);
}
