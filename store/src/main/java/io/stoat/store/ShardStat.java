package io.stoat.store;

/** One shard's figures as read from its control file: a snapshot, not atomic across fields. */
public record ShardStat(
        int shard,
        long entries,
        long capacityEntries,
        long valueBytes,
        long appliedPosition,
        long mapFileBytes,
        int segments,
        long heartbeatMs) {}
