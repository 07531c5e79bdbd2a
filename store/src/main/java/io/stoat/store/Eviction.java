package io.stoat.store;

/**
 * What a shard does when a new or longer entry would take it past its high-water mark. Which entry
 * goes is a function of the commands alone: replicas evict alike, wherever their entries lie.
 */
public enum Eviction {
    /** Refuse the entry with {@link Status#STORE_FULL} when the shard is full; nothing is lost. */
    REJECT,

    /** Remove the entry that would expire first; of those that never expire the oldest write. */
    SOONEST_EXPIRY,

    /** Remove the entry whose last write is the oldest. */
    OLDEST_WRITE
}
